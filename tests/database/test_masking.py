"""masked and scrub: the password of a URL is in no text that a person may see."""

from urllib.parse import quote, quote_plus

import pytest
import sqlalchemy as sa
from hypothesis import assume, example, given
from hypothesis import strategies as st

from schema_lab.database.urls import has_ambiguous_password, masked, scrub

# No part of the visible URL, and no star, which the mask itself is made of.
SECRETS = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="*"), min_size=1)
PARAMETERS = [
    "password",
    "passwd",
    "PWD",
    "sslpassword",
    "sslkey",
    "ssl_key",
    "auth_token",
    "ssl_passphrase",
    "pass%77ord",
]


def spelled(*parts: str) -> str:
    """Spell the URL of these tests: postgresql://user:<raw>@host/db."""
    return "postgresql://user:" + "".join(parts) + "@host/db"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://u:p@h/d", "postgresql://u:***@h/d"),
        ("postgresql://u:p@ss@host/db", "postgresql://u:***@host/db"),
        ("mysql+pymysql://u:p/w?x#y@h:1/d", "mysql+pymysql://u:***@h:1/d"),
        ("postgresql://:p@h/d", "postgresql://:***@h/d"),
        ("postgresql://u@srv:p@h/d", "postgresql://u@srv:***@h/d"),
        ("postgresql://u@h:5432/d", "postgresql://u@h:5432/d"),
        ("postgresql://h:5432/d?x=1", "postgresql://h:5432/d?x=1"),
        ("postgresql://[::1]:5432/d", "postgresql://[::1]:5432/d"),
        ("postgresql://u:p@[::1]:5432/d", "postgresql://u:***@[::1]:5432/d"),
        ("postgresql://u:secret", "postgresql://u:***"),
        ("u:p@h/d", "u:***@h/d"),
        ("postgresql:/u:p@h/d", "postgresql:***@h/d"),
        ("'mysql://u:p@h/d'", "'mysql://u:***@h/d'"),
        ("postgresql:///u:p@h/d", "postgresql:///u:***@h/d"),
        ("mysql://h/d?user=u&password=a;b&x=1", "mysql://h/d?user=u&password=***&x=1"),
        ("mysql://u:a@h/d?password=b@c", "mysql://u:***"),
        ("mysql://u:password=@h/d", "mysql://u:***"),
        ("mysql://u:a?password=b&c@h/d", "mysql://u:***@h/d"),
        ("mysql://h/d?password=x&token=b;secret=c", "mysql://h/d?password=***&token=***"),
        (":p@h/d", ":***@h/d"),
        ("host=h password=p", "host=h password=***"),
        ("sqlite:////home/a:b@c/x.db", "sqlite:////home/a:b@c/x.db"),
        ("sqlite:///x.db?password=p", "sqlite:///x.db?password=***"),
        ("", ""),
    ],
)
def test_a_url_is_spelled_without_its_password(url: str, expected: str) -> None:
    """I5: masked hides the password and leaves the rest readable, URL or not."""
    assert masked(url) == expected


@pytest.mark.parametrize("name", PARAMETERS)
def test_a_secret_parameter_is_masked(name: str) -> None:
    """I5: parameters that hold secrets by their name are masked, however they are spelled."""
    assert "s3cret" not in masked(f"postgresql://u@h/d?x=1&{name}=s3cret&y=2")


def test_a_url_object_is_masked_as_its_text() -> None:
    """I5: the query of a URL object, which SQLAlchemy shows, is masked too."""
    url = sa.make_url("postgresql://u:s3cret@h/d?password=s3cret")
    assert masked(url) == "postgresql://u:***@h/d?password=***"


@given(SECRETS)
@example("p@ss")
@example("@")
@example("a:b/c?d#e&f=g")
def test_a_raw_password_is_never_in_the_masked_url(password: str) -> None:
    """I5: whatever the password holds, quoted or not, the masked URL does not depend on it."""
    assert masked(spelled(password)) == spelled("***")
    assert masked(spelled(quote(password, safe=""))) == spelled("***")


@given(SECRETS, st.sampled_from(["password", "sslpassword", "token"]))
def test_a_quoted_parameter_is_never_in_the_masked_url(secret: str, name: str) -> None:
    """I5: whatever a secret parameter holds, the masked URL does not depend on it."""
    url = sa.URL.create("mysql", "u", "p", "h", database="d", query={name: secret})
    assert masked(url) == f"mysql://u:***@h/d?{name}=***"


@given(st.text())
def test_masking_twice_changes_nothing(text: str) -> None:
    """Any text can be masked, and a masked text stays."""
    assert masked(masked(text)) == masked(text)


@given(SECRETS, st.text(), st.text())
def test_a_scrubbed_text_holds_no_password(secret: str, before: str, after: str) -> None:
    """I5: raw, quoted and escaped forms of a password leave any text."""
    url = sa.URL.create("postgresql", "user", secret, "host", database="db")
    assume(secret.lower() not in masked(url).lower())
    forms = [secret, quote(secret, safe=""), quote_plus(secret), repr(secret)[1:-1]]
    for form in forms:
        scrubbed = scrub(f"{before} {form} {after}", url)
        assert form not in scrubbed


@pytest.mark.parametrize(
    "url", ["mysql://u:s%26cret@h/d", "mysql://u:s&cret@h/d", "mysql://h/d?password=s%26cret"]
)
@pytest.mark.parametrize("form", ["s&cret", "s%26cret"])
def test_scrub_knows_each_spelling_of_the_url(url: str, form: str) -> None:
    """I5: it does not matter whether the URL or the text is the quoted one."""
    assert scrub(f"bad password {form}!", url) == "bad password ***!"


def test_scrub_knows_an_unreadable_url() -> None:
    """I5: the parts into which an unescaped @ cuts a password are removed."""
    url = "postgresql://u:top@s3cret@host/db"
    assert scrub(f"cannot open {url}", url) == "cannot open postgresql://u:***@host/db"
    assert scrub("password top@s3cret", url) == "password ***"
    assert scrub("password top, host s3cret@host", url) == "password ***, host s3cret@host"


def test_scrub_knows_what_is_no_url() -> None:
    """I5: of a text that cannot be read as a URL, what looks like a password is removed."""
    assert scrub("refused: p4ss", "u:p4ss@h/d") == "refused: ***"


def test_scrub_knows_a_password_as_python_spells_it() -> None:
    """I5: a line break in a password is removed together with what surrounds it."""
    url = sa.URL.create("postgresql", "u", "one\ntwo", "h", database="d")
    assert scrub("said 'one\\ntwo'", url) == "said '***'"


@pytest.mark.parametrize("url", [":p@ss@h", "mysql://u:p@ss@h/d"])
def test_a_password_with_a_raw_sign_is_ambiguous(url: str) -> None:
    """I5: where an unescaped @ hides the end of a password, the lab says so; else it does not."""
    assert has_ambiguous_password(url)
    assert not has_ambiguous_password(url.replace("p@ss", "pass"))


def test_a_password_like_the_user_leaves_the_message_readable() -> None:
    """A password that the masked URL spells anyway goes only where a password stands."""
    url = "postgresql://postgres:postgres@h/d"
    text = 'user "postgres" failed at postgresql+psycopg://postgres:postgres@h/d'
    expected = 'user "postgres" failed at postgresql+psycopg://postgres:***@h/d'
    assert scrub(text, url) == expected


def test_a_text_without_a_secret_stays() -> None:
    """A URL without a password changes no text."""
    assert scrub("relation users: p = 100%", "postgresql://u@h/d") == "relation users: p = 100%"

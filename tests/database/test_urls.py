"""resolve: the URL that a person writes becomes the URL that SQLAlchemy opens."""

from contextlib import suppress
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from schema_lab.database import urls
from schema_lab.database.connections.engines import engine_for
from schema_lab.database.urls import resolve
from schema_lab.errors import DatabaseError

SPELLINGS = {
    "postgres://h/d": "postgresql+psycopg",
    "postgresql://h/d": "postgresql+psycopg",
    "POSTGRESQL://h/d": "postgresql+psycopg",
    "pgsql://h/d": "postgresql+psycopg",
    "postgres+psycopg2://h/d": "postgresql+psycopg",
    "postgresql+psycopg2://h/d": "postgresql+psycopg",
    "postgresql+psycopg://h/d": "postgresql+psycopg",
    "postgresql+psycopg_async://h/d": "postgresql+psycopg",
    "postgresql+asyncpg://h/d": "postgresql+psycopg",
    "postgresql+pg8000://h/d": "postgresql+psycopg",
    "mysql://h/d": "mysql+pymysql",
    "mysql+pymysql://h/d": "mysql+pymysql",
    "mysql+mysqldb://h/d": "mysql+pymysql",
    "mysql+mysqlclient://h/d": "mysql+pymysql",
    "mysql+mysqlconnector://h/d": "mysql+pymysql",
    "mysql+aiomysql://h/d": "mysql+pymysql",
    "mysql+asyncmy://h/d": "mysql+pymysql",
    "mariadb://h/d": "mariadb+pymysql",
    "mariadb+mariadbconnector://h/d": "mariadb+pymysql",
    "mariadb+asyncmy://h/d": "mariadb+pymysql",
    "sqlite://": "sqlite",
    "sqlite+pysqlite://": "sqlite",
    "sqlite+aiosqlite://": "sqlite",
    "sqlite3://": "sqlite",
}
PASSWORDS = st.text(
    st.characters(blacklist_categories=["Cs", "Cc"], blacklist_characters="*"), min_size=1
)


def keeps_the_secret(error: DatabaseError) -> bool:
    """Tell whether the password s3cret is in no part of an error."""
    parts = [repr(error.args), str(error), repr(error.__cause__), repr(error.__context__)]
    return not any("s3cret" in part for part in parts)


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Let only the modules that the test adds to this set count as installed."""
    modules: set[str] = set()
    monkeypatch.setattr(urls, "find_spec", lambda name: name if name in modules else None)
    return modules


@pytest.mark.parametrize(("spelling", "expected"), SPELLINGS.items())
def test_a_common_spelling_picks_the_installed_driver(spelling: str, expected: str) -> None:
    """Each common spelling of a database leads to the driver that the extras install."""
    assert resolve(spelling).drivername == expected


@pytest.mark.parametrize("url", ["postgresql://h/d", "mysql://h/d", "mariadb://h/d", "sqlite://"])
def test_the_picked_driver_can_be_imported(url: str) -> None:
    """SQLAlchemy makes an engine of what resolve gives."""
    assert sa.create_engine(resolve(url)).dialect.name == url.partition(":")[0]


def test_an_installed_named_driver_stays(installed: set[str]) -> None:
    """A person who names psycopg2 and has it keeps it."""
    installed |= {"psycopg", "psycopg2"}
    assert resolve("postgresql+psycopg2://h/d").drivername == "postgresql+psycopg2"


def test_the_only_installed_driver_is_picked(installed: set[str]) -> None:
    """Without the extra's driver another that can do it is taken."""
    installed |= {"MySQLdb"}
    assert resolve("mysql://h/d").drivername == "mysql+mysqldb"


@pytest.mark.parametrize(
    ("url", "extra"),
    [("postgres://u:s3cret@h/d", "postgresql"), ("mariadb://u:s3cret@h/d", "mysql")],
)
def test_a_missing_driver_names_the_extra(installed: set[str], url: str, extra: str) -> None:
    """Without any driver the error says what to install."""
    with pytest.raises(DatabaseError) as caught:
        resolve(url)
    assert f'pip install "schema-lab[{extra}]"' in caught.value.cure
    assert keeps_the_secret(caught.value)


@pytest.mark.parametrize(
    ("url", "fact"),
    [
        ("oracle://u:s3cret@h/d", "does not name a kind of database"),
        ("postgresql+nope://u:s3cret@h/d", "a driver that schema_lab does not know"),
        ("postgresql://u:s3cret@h", "does not name a database"),
        ("mysql://u:s3cret@h/", "does not name a database"),
        ("postgresql://u:s3cret@h:port/d", "cannot be read"),
        ("'postgresql://u:s3cret@h/d'", "cannot be read"),
        ("jdbc:postgresql://u:s3cret@h/d", "cannot be read"),
        ("postgresql:/u:s3cret@h/d", "cannot be read"),
        ("postgresql://u:s3cret", "cannot be read"),
        ("u:s3cret@h/d", "cannot be read"),
        ("host=h user=u password=s3cret", "cannot be read"),
        ("postgresql://u:s3cret@s3cret@h/d", "more than one @"),
        ("mysql://u:s3cret@s3cret/s3cret@h/d", "more than one @"),
        ("mysql://u:s3cret@s3cret?s3cret@h/d", "more than one @"),
        ("sqlite://u:s3cret@h/d", "SQLite has none"),
        ("sqlite://h/s.db", "SQLite has none"),
        ("sqlite://u:s3cret@/s.db", "SQLite has none"),
    ],
)
def test_a_bad_url_is_refused_without_its_password(url: str, fact: str) -> None:
    """I5, I6: the error says what is wrong and keeps the raw URL nowhere."""
    with pytest.raises(DatabaseError, match=fact) as caught:
        resolve(url)
    assert caught.value.cure
    assert keeps_the_secret(caught.value)
    assert caught.value.__context__ is None


@pytest.mark.parametrize("url", ["", "  \n", "nonsense", "://", "@", ":", "postgresql://"])
def test_a_text_that_is_no_url_is_refused(url: str) -> None:
    """Anything else than a URL is an error with a cure."""
    with pytest.raises(DatabaseError) as caught:
        resolve(url)
    assert caught.value.cure


@given(st.text(), st.sampled_from(["", "postgresql://", "sqlite:///", "mysql://u:p@"]))
def test_any_text_resolves_or_is_refused(text: str, start: str) -> None:
    """No text, however odd, raises anything but the lab's own error."""
    with suppress(DatabaseError):
        assert resolve(start + text).get_backend_name() in {"sqlite", "postgresql", "mysql"}


@given(PASSWORDS)
def test_a_quoted_password_survives(password: str) -> None:
    """A URL made by SQLAlchemy keeps user, password, host and name through resolve."""
    made = sa.URL.create("postgresql", "ann", password, "db.example", 6543, "app")
    resolved = resolve(made.render_as_string(hide_password=False))
    assert resolved == made.set(drivername="postgresql+psycopg")
    assert resolve(made) == resolved


def test_the_driver_gets_the_password() -> None:
    """I5: what is hidden wherever the URL is shown is there for who asks for it by name."""
    url = resolve("postgresql://u:s3cret@h/d")
    assert url.render_as_string(hide_password=False) == "postgresql+psycopg://u:s3cret@h/d"
    assert url.render_as_string() == str(url) == repr(url) == "postgresql+psycopg://u:***@h/d"


def test_query_parameters_are_kept() -> None:
    """The driver gets sslmode and its like."""
    resolved = resolve("postgres://u:p@h:5432/d?sslmode=require&application_name=lab")
    assert resolved.query == {"sslmode": "require", "application_name": "lab"}


def test_white_space_around_a_url_is_dropped() -> None:
    """A secret file that ends in a newline still works."""
    assert resolve(" mysql://u@h/d\n").database == "d"


def test_a_relative_path_starts_at_the_base(tmp_path: Path) -> None:
    """A notebook in a subfolder and a shell in the project open the same file."""
    (tmp_path / "data").mkdir()
    expected = str(tmp_path / "data" / "x.db")
    assert resolve("sqlite:///./data/x.db", base=tmp_path).database == expected
    assert resolve("sqlite:///../data/x.db", base=tmp_path / "notebooks").database == expected


def test_a_relative_path_starts_at_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a base the path is fixed at once, so that a later chdir changes nothing."""
    monkeypatch.chdir(tmp_path)
    assert resolve("sqlite:///x.db").database == str(tmp_path / "x.db")


def test_an_absolute_path_stays(tmp_path: Path) -> None:
    """Four slashes name a file from the root, whatever the base."""
    file = tmp_path / "100% sure @home:x.db"
    url = sa.URL.create("sqlite", database=str(file))
    assert resolve(url, base=Path("/")).database == str(file)
    assert resolve(url.render_as_string()).database == str(file)


def test_resolving_makes_no_file(tmp_path: Path) -> None:
    """A URL can be looked at without a trace."""
    resolve("sqlite:///x.db", base=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    """A10: SQLite would say only 'unable to open database file'."""
    with pytest.raises(DatabaseError, match="does not exist") as caught:
        resolve("sqlite:///nowhere/x.db", base=tmp_path)
    assert str(tmp_path / "nowhere") in caught.value.fact


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    """A URL that names a folder is refused."""
    with pytest.raises(DatabaseError, match="is a folder"):
        resolve("sqlite:///.", base=tmp_path)


@pytest.mark.parametrize("name", ["x" * 300, "a\0b"])
def test_a_name_that_no_file_can_have_is_refused(name: str) -> None:
    """What the system would refuse later with an error of its own is refused at once."""
    with pytest.raises(DatabaseError, match="cannot be a SQLite file") as caught:
        resolve(sa.URL.create("sqlite", database=name))
    assert caught.value.__context__ is None


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///", "sqlite:///:memory:"])
def test_memory_has_one_spelling(url: str) -> None:
    """All spellings of a database in memory become sqlite://."""
    assert resolve(url) == sa.make_url("sqlite://")


def test_a_sqlite_uri_is_passed_on() -> None:
    """The options of SQLite's own URI form stay."""
    url = "sqlite+pysqlite:///file:x.db?mode=ro&uri=true"
    assert resolve(url).database == "file:x.db"
    assert resolve(url).query == {"mode": "ro", "uri": "true"}


@pytest.mark.parametrize("name", ["password", "pass%77ord", "sslpassword", "token"])
def test_secrets_of_a_query_are_hidden_wherever_the_engine_is_displayed(name: str) -> None:
    """I5: engine, URL and what is derived from it hide the secret, and the driver still gets it."""
    url = resolve(f"postgresql://db.example/app?user=ann&{name}=h0rse-b4ttery")
    engine = engine_for(url)
    shown = [engine, engine.url, url.set(port=5), url.update_query_dict({"x": "y"}), vars(engine)]
    for value in shown:
        assert "h0rse" not in f"{value!r} {value!s}"
    assert "h0rse-b4ttery" in engine.url.query.values()
    assert "h0rse-b4ttery" in engine.dialect.create_connect_args(engine.url)[1].values()
    assert "h0rse-b4ttery" in engine.url.render_as_string(hide_password=False)

"""Names that nobody thought of: any identifier goes there and back, or is refused first (I3)."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from schema_lab import Lab
from schema_lab.errors import InputError
from schema_lab.scratch import scratch_project
from tests.support.labs import be, execute, want

WORDS = (
    *("select", "%s", "%(x)s", ":name", "${x}", "{0}", "<script>", "</td>", "&lt;", "-->"),
    *('"""', "\\N", "\\x", "--", "/*", "é", "名", "ß", "\u0131", "\u202e", "\u200b", "\t", "\n"),
    *("\x1b[2J", "a", "B", "1"),
)
PIECES = st.sampled_from([*"'\"`%:\\;.,()[]{}<>|&#$@?!-+=/* ~^_", *WORDS])
NAMES = (
    st.lists(PIECES, min_size=1, max_size=6)
    .map("".join)
    .filter(lambda name: name.strip() == name and len(name) <= 20)
    .filter(lambda name: not name.lower().startswith(("sqlite_", "alembic_", "id", "ix")))
)
REFUSES = {"sqlite": "", "postgresql": "'", "mariadb": "`"}


class Tags(HTMLParser):
    """Collects the elements of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element, and that it has no handler."""
        self.found.add(tag)
        assert not [name for name, _ in attrs if name.startswith("on")]


def models(name: str, *, longer: bool) -> sa.MetaData:
    """Give a table with a column and an index of one name; `longer` alters and adds a column."""
    metadata = sa.MetaData()
    more = [sa.Column(f"{name} 2", sa.Integer)] if longer else []
    sa.Table(
        name,
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(name, sa.String(30 if longer else 20)),
        *more,
        sa.Index(f"ix {name}", name),
    )
    return metadata


@contextmanager
def lab_on(url: str) -> Iterator[Lab]:
    """Open a lab in a new project on a database that is emptied after."""
    with tempfile.TemporaryDirectory() as folder:
        lab = Lab(url, config=scratch_project(Path(folder)).ini)
        try:
            yield lab
        finally:
            everything = sa.MetaData()
            everything.reflect(lab.engine)
            everything.drop_all(lab.engine)


def walk(lab: Lab, name: str) -> list[str]:
    """Make, fill, alter and drop a table of this name; give all HTML on the way."""
    pages = []
    for longer in (False, True):
        want(lab, models(name, longer=longer))
        pages += [lab._repr_html_(), lab.drift()._repr_html_()]
        candidate = lab.autogenerate("Change it")
        pages += [candidate._repr_html_(), candidate.write()._repr_html_()]
        pages += [lab.upgrade()._repr_html_(), lab.history()._repr_html_()]
        assert list(lab.drift()) == []
        assert list(lab.tables()["table"]) == [name]
        assert name in set(lab.columns(name)["column"])
        assert f"ix {name}" in set(lab.indexes(name)["index"])
        if not longer:
            table = models(name, longer=False).tables[name]
            with lab.engine.begin() as connection:
                connection.execute(table.insert(), [{"id": 1, name: name}])
        shown = lab.rows(name)
        assert list(shown[name]) == [name]
        pages += [frame.to_html() for frame in (lab.tables(), lab.columns(name), shown)]
    pages.append(lab.downgrade("base", accept_loss=True)._repr_html_())
    assert list(lab.tables()["table"]) == []
    return pages


@settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@example(name=":bind")
@example(name='a "quoted" % b')
@given(name=NAMES)
def test_any_name_goes_there_and_back(database_url: str, dialect: str, name: str) -> None:
    """I3: made, shown, altered and dropped, or refused with nothing on disk or in the database."""
    with lab_on(database_url) as lab:
        if set(REFUSES[dialect]) & set(name):
            want(lab, models(name, longer=False))
            with pytest.raises(InputError, match="cannot store these names"):
                lab.autogenerate("Make it")
            assert list(lab.tables()["table"]) == []
            return
        pages = walk(lab, name)
    assert not set().union(*(Tags(page).found for page in pages)) & {"script", "b", "img", "a"}
    assert not any("\x1b" in page or "\u202e" in page for page in pages if "sl-" in page)


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_the_panel_shows_any_name_as_text(lab: Lab) -> None:
    """I3: every HTML of the panel has the name, and none its markup."""
    name = "<script>alert('x')</script>"
    be(lab, models(name, longer=False))
    execute(lab, f"INSERT INTO \"{name}\" VALUES (1, '<img src=x onerror=alert(1)>')")
    want(lab, models(name, longer=True))
    panel = lab.panel()
    panel.message_box.value = "<b>Change it</b>"
    panel.autogenerate_button.click()
    panel.write_button.click()
    panel.upgrade_button.click()
    pages = [one.value for one in widgets(panel) if type(one).__name__ == "HTML"]
    assert any("&lt;script&gt;" in page for page in pages)
    assert not set().union(*(Tags(page).found for page in pages)) & {"script", "img"}


def widgets(widget: Any) -> Iterator[Any]:
    """Walk through a widget and all within it."""
    yield widget
    for child in getattr(widget, "children", ()):
        yield from widgets(child)

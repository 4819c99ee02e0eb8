"""Names that would break code or SQL go through a migration as they are (I3)."""

import pytest
import sqlalchemy as sa

from schema_lab import Lab
from schema_lab.errors import InputError
from tests.support.labs import want

NAMES = {
    "reserved": "select",
    "space": "two words",
    "double quote": 'a "quoted" b',
    "quote": "it's",
    "backtick": "back`tick",
    "percent": "100% %s %(x)s",
    "colon": ":bind",
    "dot": "a.b",
    "semicolon": "semi; DROP TABLE it--",
    "unicode": "Ünïcødé 名前",
    "markup": "<script>alert(1)</script>",
    "brace": "{brace} ${x}",
    "backslash": "back\\slash \\N",
}


REFUSED = {("postgresql", "quote"), ("mariadb", "backtick")}


def add_table(metadata: sa.MetaData, name: str) -> None:
    """Add a table, a column and an index of one name, and a second table that points to it."""
    named = sa.Table(
        name,
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(name, sa.String(20), server_default=name[:20]),
        sa.Index(f"ix {name}", name),
    )
    if "." not in name:  # in a script, a foreign key's target is "table.column"
        key = sa.ForeignKey(named.c.id, name=f"fk {name}")
        sa.Table(f"to {name}", metadata, sa.Column("id", sa.Integer, key, primary_key=True))


def tables(*names: str) -> sa.MetaData:
    """Give the tables for each name."""
    metadata = sa.MetaData()
    for name in names:
        add_table(metadata, name)
    return metadata


def test_names_go_there_and_back(lab: Lab, dialect: str) -> None:
    """Tables, columns, indexes and constraints are made and dropped under any name (I3)."""
    names = [name for kind, name in NAMES.items() if (dialect, kind) not in REFUSED]
    want(lab, tables(*names))
    lab.autogenerate("Create them").write()
    lab.upgrade()
    assert list(lab.drift()) == []
    assert set(names) <= set(sa.inspect(lab.engine).get_table_names())
    lab.downgrade()
    assert list(lab.tables()["table"]) == []


@pytest.mark.parametrize(("dialect", "kind"), sorted(REFUSED))
def test_a_name_that_cannot_be_read_back_is_refused(lab: Lab, kind: str) -> None:
    """A name that the driver mistakes is refused before a script is written (I3)."""
    want(lab, tables(NAMES[kind]))
    with pytest.raises(InputError, match="cannot store these names"):
        lab.autogenerate("Create them")


@pytest.mark.parametrize(("dialect", "name"), [("sqlite", name) for name in NAMES.values()])
def test_a_name_is_escaped_where_it_is_shown(lab: Lab, name: str) -> None:
    """Drift, candidate and run show a name in HTML without its markup taking effect (I3)."""
    want(lab, tables(name))
    drift, candidate = lab.drift(), lab.autogenerate("Create them")
    candidate.write()
    run = lab.upgrade()
    pages = [drift._repr_html_(), candidate._repr_html_(), run._repr_html_(), lab._repr_html_()]
    assert [page for page in pages if "<script" in page] == []
    assert name in drift.operations[0].sentence


@pytest.mark.parametrize("dialect", ["mariadb"])
@pytest.mark.parametrize("name", ["it's", "x', str(1 / 0)) #", "back\\slash"])
def test_a_comment_comes_and_goes_under_any_name(lab: Lab, name: str) -> None:
    """The table's name is text in the script, and none of it runs as code (I3)."""
    for comment in (None, "said", None):
        metadata = sa.MetaData()
        sa.Table(name, metadata, sa.Column("id", sa.Integer, primary_key=True), comment=comment)
        want(lab, metadata)
        lab.autogenerate("Comment").write()
        lab.upgrade()
        assert list(lab.drift()) == []

"""`lab.diagram()`, `candidate.diagram()` and `lab.graph()` say what is, on each database."""

import pytest

from schema_lab import Field, Lab
from schema_lab.errors import InputError
from schema_lab.schema import Diagram, DiagramColumn, DiagramTable
from tests.diagrams.values import HOSTILE
from tests.support.labs import lab

__all__ = ["lab"]


def two_tables(lab: Lab) -> None:
    """Define teams and heroes, and make them."""

    class Team(lab.Model, table=True):  # type: ignore[name-defined, misc, call-arg]
        id: int | None = Field(default=None, primary_key=True)
        name: str = Field(max_length=20, unique=True)

    class Hero(lab.Model, table=True):  # type: ignore[name-defined, misc, call-arg]
        id: int | None = Field(default=None, primary_key=True)
        fullname: str = Field(max_length=20)
        team_id: int | None = Field(default=None, foreign_key="team.id")

    lab.autogenerate("Create teams").write()
    lab.upgrade()


def table(diagram: Diagram, name: str) -> DiagramTable:
    """Find a table."""
    return next(one for one in diagram.tables if one.name == name)


def column(diagram: Diagram, place: str) -> DiagramColumn:
    """Find a column, such as "hero.id"."""
    name, _, wanted = place.partition(".")
    return next(one for one in table(diagram, name).columns if one.name == wanted)


def test_models_and_database_are_drawn_alike(lab: Lab) -> None:
    """After an upgrade both diagrams have the same tables, keys and references."""
    two_tables(lab)
    models, database = lab.diagram(), lab.diagram("database")
    assert [one.name for one in database.tables] == ["hero", "team"]
    assert models.references == database.references
    for mine, theirs in zip(models.tables, database.tables, strict=True):
        assert [(c.name, c.nullable, c.keys) for c in mine.columns] == [
            (c.name, c.nullable, c.keys) for c in theirs.columns
        ]


def test_a_candidate_marks_what_changes(lab: Lab) -> None:
    """Added, dropped and changed columns and tables are marked; what stays is not."""
    two_tables(lab)
    lab.forget("Hero")

    class Team(lab.Model, table=True):  # type: ignore[name-defined, misc, call-arg]
        id: int | None = Field(default=None, primary_key=True)
        name: str | None = Field(max_length=20, unique=True)
        city: str | None = None

    class Power(lab.Model, table=True):  # type: ignore[name-defined, misc, call-arg]
        id: int | None = Field(default=None, primary_key=True)
        team_id: int = Field(foreign_key="team.id")

    drawn = lab.autogenerate("Grow").diagram()
    marks = {one.name: one.mark for one in drawn.tables}
    assert marks == {"hero": "-", "power": "+", "team": "~"}
    assert [column(drawn, f"team.{name}").mark for name in ("id", "name", "city")] == ["", "~", "+"]
    assert {(one.table, one.mark) for one in drawn.references} == {("hero", "-"), ("power", "+")}


def test_a_rename_is_one_changed_column(lab: Lab) -> None:
    """An answer changes the diagram: what was dropped and added becomes changed."""
    two_tables(lab)

    class Hero(lab.Model, table=True):  # type: ignore[name-defined, misc, call-arg]
        id: int | None = Field(default=None, primary_key=True)
        name: str = Field(max_length=20)
        team_id: int | None = Field(default=None, foreign_key="team.id")

    candidate = lab.autogenerate("Rename")
    assert column(candidate.diagram(), "hero.fullname").mark == "-"
    renamed = column(candidate.rename("hero.fullname", "name").diagram(), "hero.name")
    assert (renamed.mark, renamed.before) == ("~", "fullname")


def test_hostile_names_come_through(lab: Lab) -> None:
    """[I3] Tables and columns of any name are read from the database as they are."""
    names = [one for one in HOSTILE if "\n" not in one and "%" not in one]
    with lab.engine.begin() as connection:
        quote = connection.dialect.identifier_preparer.quote_identifier
        for one in names:
            create = f"CREATE TABLE {quote(one)} ({quote(one)} INTEGER PRIMARY KEY)"
            connection.exec_driver_sql(create)
    drawn = lab.diagram("database")
    assert {one.name: one.columns[0].name for one in drawn.tables} == dict(
        zip(names, names, strict=True)
    )
    assert all(one.columns[0].keys == ("PK",) for one in drawn.tables)


def test_a_graph_knows_where_the_database_stands(lab: Lab) -> None:
    """The graph marks what is current, what is pending, and both heads."""
    two_tables(lab)
    current = lab.current()[0].id
    lab.revision("Later")
    states = {one.message: one.words for one in lab.graph().nodes}
    assert states == {"Create teams": ("current",), "Later": ("pending", "head")}
    assert lab.graph().nodes[0].down == (current,)


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_a_wrong_name_is_answered_with_the_right_one(lab: Lab) -> None:
    """A table that is not there is said with those that come near; so is a wrong diagram."""
    two_tables(lab)
    with pytest.raises(InputError, match="Did you mean 'team'"):
        lab.diagram(around="teams")
    with pytest.raises(InputError, match="models"):
        lab.diagram("everything")  # type: ignore[arg-type]  # what a person might type

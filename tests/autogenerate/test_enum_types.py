"""Enum types of PostgreSQL are made and dropped with the columns that use them."""

import enum

from sqlmodel import Field

from schema_lab import Lab


class Colour(enum.Enum):
    """A choice."""

    RED = "red"
    GREEN = "green"


def _things(lab: Lab, *, coloured: bool) -> None:
    if coloured:

        class Thing(lab.Model, table=True):  # type: ignore[name-defined, misc, call-arg]
            id: int | None = Field(default=None, primary_key=True)
            colour: Colour | None = None
    else:

        class Thing(lab.Model, table=True):  # type: ignore[name-defined, misc, call-arg, no-redef]
            id: int | None = Field(default=None, primary_key=True)


def test_a_column_of_a_new_enum_goes_there_and_back(lab: Lab) -> None:
    """The type is there before the column that needs it, and gone after it, any number of times."""
    _things(lab, coloured=False)
    lab.autogenerate("Create things").write()
    lab.upgrade()
    _things(lab, coloured=True)
    lab.autogenerate("Add colours").write()
    for _ in range(2):
        lab.upgrade()
        assert list(lab.drift()) == []
        lab.downgrade()
    assert list(lab.columns("thing")["column"]) == ["id"]


def test_a_type_that_another_table_uses_stays(lab: Lab) -> None:
    """Dropping one of two tables with the same enum keeps the type for the other."""
    _things(lab, coloured=True)

    class Car(lab.Model, table=True):  # type: ignore[name-defined, misc, call-arg]
        id: int | None = Field(default=None, primary_key=True)
        colour: Colour

    lab.autogenerate("Create things and cars").write()
    lab.upgrade()
    lab.forget("Car")
    lab.autogenerate("Drop cars").write()
    lab.upgrade()
    assert list(lab.drift()) == []
    assert list(lab.tables()["table"]) == ["thing"]


def test_a_table_is_made_beside_a_type_that_stands(lab: Lab) -> None:
    """A second table with the enum comes, goes and comes back, each time in a run of its own."""
    _things(lab, coloured=True)
    lab.autogenerate("Create things").write()
    lab.upgrade()

    class Car(lab.Model, table=True):  # type: ignore[name-defined, misc, call-arg]
        id: int | None = Field(default=None, primary_key=True)
        colour: Colour

    lab.autogenerate("Create cars").write()
    lab.upgrade()
    lab.forget("Car")
    lab.autogenerate("Drop cars").write()
    lab.upgrade()
    lab.downgrade()
    assert list(lab.tables()["table"]) == ["car", "thing"]
    lab.downgrade("base")
    lab.upgrade()
    assert list(lab.drift()) == []

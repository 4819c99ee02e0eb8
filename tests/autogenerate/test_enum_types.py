"""Enum types of PostgreSQL are made and dropped with the columns that use them."""

import enum
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from schema_lab import Lab
from tests.support.labs import execute, scalars, to_lose, users, want


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


ON_POSTGRESQL = pytest.mark.parametrize("dialect", ["postgresql"])
MOOD = partial(sa.Enum, name="mood")
CHANGES: dict[str, tuple[Callable[[], Any], Callable[[], Any], str]] = {
    "text to enum": (lambda: sa.String(9), lambda: MOOD("a", "b"), "a"),
    "enum to text": (lambda: MOOD("a", "b"), lambda: sa.String(9), "a"),
    "another type": (lambda: MOOD("a", "b"), lambda: sa.Enum("a", "c", name="feeling"), "a"),
    "number to enum": (sa.Integer, lambda: MOOD("1", "2"), "1"),
    "native to text": (lambda: MOOD("a"), lambda: MOOD("a", native_enum=False), "a"),
    "with a CHECK": (
        lambda: MOOD("a"),
        lambda: MOOD("a", native_enum=False, create_constraint=True),
        "a",
    ),
    "text to native": (lambda: MOOD("a", native_enum=False), lambda: MOOD("a"), "a"),
    "array": (lambda: ARRAY(sa.String(9)), lambda: ARRAY(MOOD("a", "b")), "{a,b}"),
    "array back": (lambda: ARRAY(MOOD("a", "b")), lambda: ARRAY(sa.String(9)), "{a,b}"),
}
"""The type before and after, and a value that both hold."""


@ON_POSTGRESQL
@pytest.mark.parametrize("default", [False, True], ids=["", "default"])
@pytest.mark.parametrize("change", CHANGES)
def test_a_column_becomes_an_enum_or_leaves_it(lab: Lab, change: str, *, default: bool) -> None:
    """Its type is made and dropped with it, and its value and its default stay, there and back."""
    before, after, value = CHANGES[change]
    given = value if default and change != "number to enum" else None

    def be_of(type_: Any) -> None:
        want(lab, users(sa.Column("mood", type_, server_default=given)))

    be_of(before())
    lab.autogenerate("Create users").write()
    lab.upgrade()
    made = types_of(lab)
    execute(lab, f"INSERT INTO users (name, mood) VALUES ('x', '{value}')")
    be_of(after())
    lab.autogenerate("Change moods").write()
    for _ in range(2):
        lab.upgrade()
        assert list(lab.drift(full=True)) == []
        assert scalars(lab, "SELECT mood::text FROM users") == [value]
        lab.downgrade()
        assert types_of(lab) == made


def types_of(lab: Lab) -> set[str]:
    """Name the enum types of a database, with their schemas."""
    inspector: Any = sa.inspect(lab.engine)
    found = inspector.get_enums("*")
    return {f"{each['schema']}.{each['name']}" for each in found}


@ON_POSTGRESQL
@pytest.mark.parametrize(
    ("type_", "value"), [(sa.String(9), "'x'"), (sa.Integer(), "7")], ids=["text", "number"]
)
def test_a_value_that_is_no_member_is_asked_about(lab: Lab, type_: Any, value: str) -> None:
    """Values that the enum lacks are counted, and SQL may compute the member."""
    want(lab, users(sa.Column("mood", type_)))
    lab.autogenerate("Create users").write()
    lab.upgrade()
    execute(lab, f"INSERT INTO users (name, mood) VALUES ('x', {value})")
    want(lab, users(sa.Column("mood", MOOD("a", "b"))))
    candidate = lab.autogenerate("Change moods")
    (question,) = candidate.questions
    assert "Its only value is not a member of the enum" in question.evidence[0]
    candidate.cast("users.mood", using="CASE mood::text WHEN '1' THEN 'a' ELSE 'b' END").write()
    lab.upgrade()
    assert scalars(lab, "SELECT mood::text FROM users") == ["b"]


@ON_POSTGRESQL
def test_a_type_that_another_program_uses_stays(lab: Lab) -> None:
    """No type is dropped under a column that the script leaves as it is."""
    want(lab, users(sa.Column("mood", MOOD("a"))))
    lab.autogenerate("Create users").write()
    lab.upgrade()
    execute(lab, "CREATE TABLE other_app (mood mood)")
    want(lab, users())
    lab.autogenerate("Drop moods").write()
    lab.upgrade()
    assert types_of(lab) == {"public.mood"}


@ON_POSTGRESQL
@pytest.mark.parametrize("first", [False, True], ids=["table", "column"])
def test_an_enum_in_a_schema_goes_there_and_back(lab: Lab, *, first: bool) -> None:
    """The schema is named where the type is made and dropped; a namesake elsewhere stays."""
    execute(lab, "CREATE SCHEMA shop", "CREATE TYPE mood AS ENUM ('z')")
    if first:
        want(lab, users())
        lab.autogenerate("Create users").write()
        lab.upgrade()
    want(lab, users(sa.Column("mood", MOOD("a", schema="shop"))))
    lab.autogenerate("Add moods").write()
    for _ in range(2):
        lab.upgrade()
        assert types_of(lab) == {"public.mood", "shop.mood"}
        assert list(lab.drift(full=True)) == []
        lab.downgrade()
        assert types_of(lab) == {"public.mood"}


WRITTEN: dict[str, tuple[Callable[[], Any] | None, Callable[[], Any]]] = {
    "new column": (None, lambda: MOOD("a", "b")),
    "text to enum": (lambda: sa.String(9), lambda: MOOD("a", "b")),
    "array": (None, lambda: ARRAY(MOOD("a", "b")).with_variant(sa.JSON(), "sqlite")),
}


@pytest.mark.parametrize("dialect", ["sqlite"])
@pytest.mark.parametrize("written", WRITTEN)
def test_a_script_of_sqlite_makes_its_types_on_postgresql(
    lab: Lab, written: str, new_database: Callable[[str], str]
) -> None:
    """The same files run there, up and down, any number of times; the candidate shows this SQL."""
    before, after = WRITTEN[written]
    want(lab, users(*([] if before is None else [sa.Column("mood", before())])))
    lab.autogenerate("Create users").write()
    lab.upgrade()
    want(lab, users(sa.Column("mood", after())))
    candidate = lab.autogenerate("Change moods")
    assert not [said for said in map(str, candidate.operations) if "type mood" in said]
    assert candidate.sql("postgresql").startswith("CREATE TYPE mood AS ENUM ('a', 'b')")
    assert "TYPE" not in candidate.sql("sqlite").partition("CREATE TABLE")[0]
    candidate.write()
    lab.upgrade()
    there = to_lose(Lab(new_database("postgresql"), config=lab.root))
    for _ in range(2):
        there.upgrade()
        assert types_of(there) == {"public.mood"}
        there.downgrade("base")
        assert types_of(there) == set()

"""What random models have found, each made small."""

from contextlib import nullcontext
from pathlib import Path

import pytest

from schema_lab.errors import InputError
from tests.round_trip.spec import (
    CheckSpec,
    ColumnSpec,
    ForeignKeySpec,
    IndexSpec,
    SchemaSpec,
    TableSpec,
    UniqueSpec,
    models,
)
from tests.round_trip.test_round_trip import there_and_back
from tests.round_trip.walk import Walk

SERVERS = ("postgresql", "mariadb")


def table(name: str, *columns: ColumnSpec, **parts: tuple[object, ...]) -> TableSpec:
    """Give a table with a key and these columns."""
    return TableSpec(name, ("id",), (ColumnSpec("id", "integer", False), *columns), **parts)  # type: ignore[arg-type]


def goes(folder: Path, url: str, dialect: str, a: SchemaSpec, b: SchemaSpec) -> None:
    """Go there and back on a database of its own."""
    with Walk.on(url, folder) as walk:
        there_and_back(walk, models(a, dialect), models(b, dialect))


@pytest.mark.parametrize("dialect", SERVERS)
@pytest.mark.parametrize("back", [False, True])
def test_a_table_comes_while_its_enum_type_stands(
    tmp_path: Path, database_url: str, dialect: str, back: bool
) -> None:
    """The type is not made a second time, neither on the way up nor on the way down."""
    one = table("a", ColumnSpec("c", "colour")), table("b", ColumnSpec("c", "colour"))
    steps = [SchemaSpec(one), SchemaSpec(one[:1])]
    goes(tmp_path, database_url, dialect, *(reversed(steps) if back else steps))


@pytest.mark.parametrize("kind", ["integer", "checked"])
def test_a_column_takes_its_check_along(
    tmp_path: Path, database_url: str, dialect: str, kind: str
) -> None:
    """A CHECK on a dropped column is dropped, and comes back with it."""
    checks = (CheckSpec("ck 0", "n", "{} >= 0"),) if kind == "integer" else ()
    before = table("b", ColumnSpec("n", kind), ColumnSpec("x", "short"), checks=checks)
    after = table("b", ColumnSpec("x", "short"))
    goes(tmp_path, database_url, dialect, SchemaSpec((before,)), SchemaSpec((after,)))


@pytest.mark.parametrize("dialect", SERVERS)
def test_a_foreign_key_on_a_name_with_a_bracket_is_read(
    tmp_path: Path, database_url: str, dialect: str
) -> None:
    """A key whose column and table hold a bracket makes no drift."""
    key = ForeignKeySpec(("%(a)s id",), "%(a)s")
    pointing = table("%(a)s", ColumnSpec("%(a)s id", "integer"), foreign_keys=(key,))
    goes(tmp_path, database_url, dialect, SchemaSpec(()), SchemaSpec((pointing,)))


@pytest.mark.parametrize("convention", [False, True])
@pytest.mark.parametrize("dialect", ["mariadb"])
@pytest.mark.parametrize("replaced", [False, True])
def test_a_foreign_key_goes_with_the_index_made_for_it(
    tmp_path: Path, database_url: str, dialect: str, convention: bool, replaced: bool
) -> None:
    """It goes and comes back again and again, under whichever name."""
    column = ColumnSpec("a id", "integer", False)
    key = ForeignKeySpec(("a id",), "a")
    index = (IndexSpec("ix1 b", ("a id",)),) if replaced else ()
    with_key = SchemaSpec((table("a"), table("b", column, foreign_keys=(key,))), convention)
    without = SchemaSpec((table("a"), table("b", column, indexes=index)), convention)
    goes(tmp_path, database_url, dialect, with_key, without)


@pytest.mark.parametrize("back", [False, True])
def test_a_unique_constraint_without_a_name_is_given_one(
    tmp_path: Path, database_url: str, dialect: str, back: bool
) -> None:
    """The script names it by the convention, so that it can be dropped, now or on the way back."""
    unique = (UniqueSpec(("x",)),)
    column = ColumnSpec("x", "integer")
    steps = [table("a", column), table("a", column, uniques=unique)]
    a, b = (SchemaSpec((one,), False) for one in (reversed(steps) if back else steps))
    goes(tmp_path, database_url, dialect, a, b)


@pytest.mark.parametrize("change", [SchemaSpec(()), None])
def test_a_foreign_key_leads_to_a_table_with_a_dot(
    tmp_path: Path, database_url: str, dialect: str, change: SchemaSpec | None
) -> None:
    """The dot parts no schema from a table, in a new table nor in one that is copied."""
    key, column = ForeignKeySpec(("a.b id",), "a.b"), ColumnSpec("a.b id", "integer", False)
    text, longer = (ColumnSpec("x", kind) for kind in ("short", "text"))
    one, other = (table("b", column, x, foreign_keys=(key,)) for x in (text, longer))
    pointing = SchemaSpec((table("a.b"), table("a"), one))
    changed = SchemaSpec((table("a.b"), table("a"), other))
    goes(tmp_path, database_url, dialect, change or pointing, changed)


def test_a_foreign_key_to_a_dot_is_added_or_refused(
    tmp_path: Path, database_url: str, dialect: str
) -> None:
    """A server takes it; a copy of SQLite's table would lose it, so that no script is written."""
    key, column = ForeignKeySpec(("a.b id",), "a.b"), ColumnSpec("a.b id", "integer", False)
    before = SchemaSpec((table("a.b"), table("b", column)))
    after = SchemaSpec((table("a.b"), table("b", column, foreign_keys=(key,))))
    refused = pytest.raises(InputError, match=r"a\.b\.id") if dialect == "sqlite" else nullcontext()
    with refused:
        goes(tmp_path, database_url, dialect, before, after)


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_a_partial_index_comes_back_with_its_table(
    tmp_path: Path, database_url: str, dialect: str
) -> None:
    """A colon in its condition is no parameter that nobody fills."""
    index = IndexSpec("ix1 b", ("b",), where="{} <> ' :name'")
    partial = table("b", ColumnSpec("b", "short", False), indexes=(index,))
    both, one = SchemaSpec((table("a"), partial)), SchemaSpec((table("a"),))
    goes(tmp_path, database_url, dialect, both, one)


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_an_added_column_brings_the_check_of_its_type(
    tmp_path: Path, database_url: str, dialect: str
) -> None:
    """The way back drops the CHECK before the column."""
    without, with_it = table("a"), table("a", ColumnSpec("x", "checked"))
    goes(tmp_path, database_url, dialect, SchemaSpec((without,)), SchemaSpec((with_it,)))


@pytest.mark.parametrize("named", [None, 'fk "so"'])
@pytest.mark.parametrize("dialect", ["sqlite"])
def test_a_foreign_key_on_a_quoted_name_is_read(
    tmp_path: Path, database_url: str, dialect: str, named: str | None
) -> None:
    """A copy of its table keeps the key and its name."""
    key = ForeignKeySpec(('say "so" id',), 'say "so"', named)
    column = ColumnSpec('say "so" id', "integer", False)
    before = table('say "so"', column, ColumnSpec("x", "short"), foreign_keys=(key,))
    after = table('say "so"', column, ColumnSpec("x", "text"), foreign_keys=(key,))
    goes(tmp_path, database_url, dialect, SchemaSpec((before,)), SchemaSpec((after,)))


@pytest.mark.parametrize("dialect", ["mariadb"])
def test_a_unique_constraint_is_not_taken_for_an_implied_index(
    tmp_path: Path, database_url: str, dialect: str
) -> None:
    """A column goes with its key and the unique constraint under the key, and comes back."""
    key, column = ForeignKeySpec(("a id",), "a"), ColumnSpec("a id", "integer", False)
    unique = UniqueSpec(("a id",))
    before = table("a", column, foreign_keys=(key,), uniques=(unique,))
    goes(tmp_path, database_url, dialect, SchemaSpec((before,), False), SchemaSpec((table("a"),)))

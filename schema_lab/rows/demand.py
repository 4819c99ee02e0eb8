"""Demand: what a change requires of existing rows, with the condition of the rows that violate it.

The builders below give the demands of constraints; `schema_lab.rows.casts` gives those of a change
of a type. Nothing here asks a database.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql

from schema_lab.database import is_mysql
from schema_lab.schema.words import full_name

Condition = sa.ColumnElement[bool]
_WRITTEN_OUT = 30
TableName = tuple[str, str | None]
"""A table and its schema."""

Kind = Literal[
    "cast", "length", "range", "part", "members", "not null", "unique", "foreign key", "check"
]
"""What is demanded. `part`: that a value loses no part of itself, such as decimal places."""

TIMES = "schema_lab_times"
"""In the source of a `unique` demand: how many rows have the same values."""


@dataclass(frozen=True)
class Demand:
    """What a change requires of rows.

    Parameters
    ----------
    kind
        What is demanded.
    columns
        The columns of which it is demanded, under the names that they have now.
    violated
        True for a row that violates the demand; None where only the database itself can say,
        by trying.
    singular, plural
        What is wrong with one such value, and with several: "is longer than 10 characters".
    refused
        Whether the new type or constraint rejects the rows; otherwise the database changes the
        values silently.
    source
        What to select the rows from; None stands for the column's own table.
    using
        For a demand without a condition: the SQL that casts a value.
    measure
        Of a length: the length of a value, as SQL.
    """

    kind: Kind
    columns: tuple[str, ...]
    violated: Condition | None
    singular: str
    plural: str
    refused: bool = True
    source: sa.FromClause | None = None
    using: str = ""
    measure: Any = None

    def says(self, number: int) -> str:
        """Say what is wrong with a number of values.

        Examples
        --------
        >>> Demand("length", ("plan",), None, "is too long", "are too long").says(2)
        'are too long'
        """
        return self.singular if number == 1 else self.plural


def of(demand: Demand, source: sa.FromClause) -> Demand:
    """Demand the same of rows that are selected from somewhere else."""
    return replace(demand, source=source)


def table_of(
    name: TableName, columns: Iterable[str], alias: str | None = None
) -> tuple[sa.FromClause, list[sa.ColumnElement[Any]]]:
    """Name a live table and columns of it; SQLAlchemy quotes them."""
    names = list(columns)
    table = sa.table(name[0], *map(sa.column, names), schema=name[1])
    chosen = table if alias is None else table.alias(alias)
    return chosen, [chosen.c[column] for column in names]


def not_null(column: str) -> Demand:
    """Demand a value in each row."""
    violated = sa.column(column).is_(None)
    return Demand("not null", (column,), violated, "is NULL", "are NULL")


def required() -> Demand:
    """Demand a value in each row of a new column without a default: every row violates it."""
    return Demand("not null", (), sa.true(), "gets no value", "get no value")


def unique(
    source: sa.FromClause,
    keys: Sequence[Any],
    names: Sequence[str],
    *,
    nulls_count: bool = False,
    condition: Any = None,
) -> Demand:
    """Demand that no two rows have the same values; what is equal is for the database to say.

    Parameters
    ----------
    source
        The table, or a selection of its rows.
    keys
        Columns or expressions; their types are left aside, since values are only grouped.
    names
        What the keys are called.
    nulls_count
        Whether NULL equals NULL.
    condition
        Of a partial index: only rows for which it holds count.
    """
    raw = untyped(keys)
    filled = [] if nulls_count else [key.is_not(None) for key in raw]
    counted = [*filled, *([] if condition is None else [condition])]
    times = sa.func.count().over(partition_by=raw).label(TIMES)
    everything: Any = sa.literal_column("*")
    labeled = [key.label(f"schema_lab_{place}") for place, key in enumerate(raw)]
    grouped = sa.select(everything, *labeled, times).select_from(source).where(*counted)
    return Demand(
        "unique",
        tuple(names),
        sa.column(TIMES) > 1,
        "occurs more than once",
        "occur more than once",
        source=grouped.subquery("counted"),
    )


def untyped(keys: Iterable[Any]) -> list[Any]:
    """Leave the types of columns aside: their values are grouped or shown as they are."""
    return [sa.type_coerce(key, sa.types.NullType()) for key in keys]


def foreign_key(
    source: sa.FromClause,
    columns: Sequence[Any],
    names: Sequence[str],
    parent: TableName,
    keys: Sequence[str] | None,
    called: TableName | None = None,
) -> Demand:
    """Demand a row in the parent table for each value.

    `keys` is None where the parent table is new; `called` is its name after the migration.
    """
    violated: list[Any] = [column.is_not(None) for column in columns]
    if keys is not None:
        table, theirs = table_of(parent, keys, alias="parent")
        same = (key == column for key, column in zip(theirs, columns, strict=True))
        violated.append(~sa.exists().select_from(table).where(*same))
    words = f"no row in `{full_name(*(called or parent))}`"
    return Demand(
        *("foreign key", tuple(names), sa.and_(*violated), f"has {words}", f"have {words}"),
        source=source,
    )


def check(name: str, condition: Any) -> Demand:
    """Demand that a condition is not false; NULL passes a CHECK."""
    violated: Any = sa.not_(condition)
    rule = f"CHECK `{name}`" if name else "the CHECK"
    return Demand("check", (), violated, f"violates {rule}", f"violate {rule}")


def members(column: str, allowed: Iterable[str], dialect: sa.Dialect) -> Demand:
    """Demand that each value is one of an enum's members, as they are spelled."""
    held = sa.column(column, sa.types.NullType())
    text: Any = sa.cast(held, sa.String(255))
    if is_mysql(dialect.name):  # the column's collation may take 'A' for 'a'
        text = sa.collate(sa.cast(held, mysql.CHAR(255, charset="utf8mb4")), "utf8mb4_bin")
    return Demand(
        "members",
        (column,),
        sa.and_(sa.column(column).is_not(None), text.not_in(tuple(allowed))),
        "is not a member of the enum",
        "are not members of the enum",
    )


def items_among(array: Any, allowed: Iterable[str]) -> Condition:
    """Say that each item of an array is one of these texts (PostgreSQL)."""
    texts: Any = postgresql.ARRAY(sa.Text())
    listed: Any = postgresql.array([sa.literal(text) for text in allowed])
    found: Condition = sa.cast(array, texts).bool_op("<@")(sa.cast(listed, texts))
    return found


def guarded(first: Condition, second: Condition) -> Condition:
    """Look at the second condition only where the first holds; AND may look at both."""
    return sa.case((first, sa.case((second, 1), else_=0)), else_=0) == 1


def between(number: Any, limits: tuple[Decimal, Decimal]) -> Condition:
    """Say that a number is between two limits, or equals one of them."""
    return sa.between(number, *map(number_literal, limits))


def number_literal(number: Decimal) -> Any:
    """Spell a number; a long one with its exponent."""
    text = f"{number:f}" if abs(number.adjusted()) < _WRITTEN_OUT else f"{number:e}"
    return sa.literal_column(text, sa.Numeric())


def seconds_since_1970(moment: Any) -> Any:
    """Give MariaDB's count of seconds since 1970: 0 or NULL for a moment out of its range."""
    return sa.func.coalesce(sa.func.unix_timestamp(moment), 0)

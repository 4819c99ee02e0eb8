"""Parts of SQL that ask live tables, as operations name them."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

Where = tuple[str, str | None]
"""A table and its schema."""


def named(
    where: Where, names: Iterable[str], alias: str | None = None
) -> tuple[sa.FromClause, list[sa.ColumnElement[Any]]]:
    """Name a live table and columns of it; SQLAlchemy quotes them."""
    table = sa.table(where[0], *(sa.column(name) for name in names), schema=where[1])
    chosen = table if alias is None else table.alias(alias)
    return chosen, [chosen.c[name] for name in names]


def expression(part: Any) -> Any:
    """Take text as SQL, word for word."""
    return sa.literal_column(part.text) if isinstance(part, sa.TextClause) else part


def condition_of(given: Any) -> Any:
    """Read the condition of a CHECK, which a script gives as text."""
    text = given if isinstance(given, str) else getattr(given, "text", None)
    return given if text is None else sa.literal_column(f"({text})")


def columns_in(part: Any) -> list[sa.Column[Any]]:
    """List the columns that an expression names; text names none."""
    return [one for one in sa.sql.visitors.iterate(part) if isinstance(one, sa.Column)]

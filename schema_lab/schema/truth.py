"""True and False where a database keeps 1 and 0."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from schema_lab.schema.words import TableKey

Models = sa.MetaData | Sequence[sa.MetaData] | None


def truths(
    place: TableKey,
    columns: Iterable[Mapping[str, Any]],
    models: Models = None,
) -> frozenset[str]:
    """Name the columns of a table that hold truth, by their live type or by the models.

    SQLite keeps the word BOOLEAN. MariaDB and MySQL keep TINYINT(1), which may be a number too: it
    holds truth where the models say Boolean.
    """
    said = _said(models, str(place))
    return frozenset(
        column["name"]
        for column in columns
        if isinstance(column["type"], sa.Boolean)
        or (_may_be_truth(column["type"]) and column["name"] in said)
    )


def as_truth(
    names: Sequence[str], rows: Iterable[Sequence[Any]], truth: frozenset[str]
) -> list[list[Any]]:
    """Make True and False of 1 and 0 in these columns; a column with another value stays as it is.

    Examples
    --------
    >>> as_truth(["id", "done", "odd"], [(1, 1, 1), (2, None, 7)], frozenset({"done", "odd"}))
    [[1, True, 1], [2, None, 7]]
    """
    found = [list(row) for row in rows]
    for place, name in enumerate(names):
        if name in truth and all(row[place] in (0, 1, None) for row in found):
            for row in found:
                row[place] = None if row[place] is None else bool(row[place])
    return found


def _said(models: Models, table: str) -> frozenset[str]:
    """Name the columns of a table that the models say to be Boolean."""
    parts = models if isinstance(models, Sequence) else [models] if models is not None else []
    return frozenset(
        column.name
        for part in parts
        if table in part.tables
        for column in part.tables[table].columns
        if isinstance(column.type, sa.Boolean)
    )


def _may_be_truth(kind: Any) -> bool:
    """Tell whether a live type is TINYINT(1), which MariaDB and MySQL make of BOOLEAN."""
    return kind.__visit_name__ == "TINYINT" and getattr(kind, "display_width", None) == 1

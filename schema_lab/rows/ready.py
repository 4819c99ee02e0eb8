"""Ready statements: SQL that lets the rows of a demand pass, for a person to edit and run.

Rows are kept where that is possible: a value becomes NULL, or a repeated text gets the row's key.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from schema_lab.rows.demand import Demand, TableName
from schema_lab.rows.demands import LiveTables

_FILLS: dict[type, Any] = {str: "", int: 0, float: 0, bool: False}
"""What replaces NULL in a column of a Python type."""


def ready_statement(live: LiveTables, table: TableName, demand: Demand) -> str:
    """Give one UPDATE or DELETE after which the rows fulfill a demand; "" where none is known."""
    name, schema = live.table(table)
    columns = {column["name"]: column for column in live.inspector.get_columns(name, schema)}
    target: Any = sa.table(name, *map(sa.column, columns), schema=schema)
    if isinstance(demand.source, sa.TableClause):
        target = demand.source  # its columns are those of the condition
    names = [live.column(table, column) for column in demand.columns]
    if demand.violated is None or not set(names) <= columns.keys():
        return ""
    if demand.kind == "unique":
        key = live.inspector.get_pk_constraint(name, schema)["constrained_columns"]
        statement = _of_unique(target, columns, names, key) if len(key) == 1 and names else None
    elif not names:
        statement = sa.delete(target).where(demand.violated) if demand.kind == "check" else None
    else:
        value = _replacement(columns[names[0]], demand)
        changed = sa.update(target).values({names[0]: value})
        deleted = sa.delete(target)
        statement = (deleted if value is _NONE else changed).where(demand.violated)
    return "" if statement is None else _spelled(statement, live.connection)


_NONE = object()


def _replacement(column: Any, demand: Demand) -> Any:
    """Give what may replace a value that violates a demand; `_NONE` where only the row can go."""
    if demand.kind != "not null":
        return sa.null() if column["nullable"] else _NONE
    fill = _FILLS.get(_python_type(column["type"]))
    return _NONE if fill is None else sa.literal(fill)


def _of_unique(target: Any, columns: Any, names: list[str], key: list[str]) -> Any:
    """Keep the first row of each group; the others get their key behind the text, or go."""
    filled = [target.c[name].is_not(None) for name in names]
    first = sa.func.min(target.c[key[0]]).label("kept")
    groups = sa.select(first).where(*filled).group_by(*(target.c[name] for name in names))
    kept = sa.select(groups.subquery("firsts").c.kept)  # MariaDB reads no table that it changes
    others = sa.and_(*filled, target.c[key[0]].not_in(kept))
    last = names[-1]
    if _python_type(columns[last]["type"]) is not str:
        return sa.delete(target).where(others)
    text = sa.type_coerce(target.c[last], sa.Text())
    ending = sa.cast(target.c[key[0]], sa.String(20))
    longer = text + sa.literal("-", sa.Text()) + ending
    return sa.update(target).values({last: longer}).where(others)


def _python_type(type_: Any) -> type:
    try:
        found: type = type_.python_type
    except NotImplementedError:
        return object
    return found


def _spelled(statement: Any, connection: sa.Connection) -> str:
    try:
        compiled = statement.compile(connection, compile_kwargs={"literal_binds": True})
    except sa.exc.CompileError:
        return ""
    return str(compiled).replace("%%", "%")

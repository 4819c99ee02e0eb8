"""Values that would not survive: how many, and a few of them with their keys. Read-only."""

from typing import Any

import sqlalchemy as sa

from schema_lab.autogenerate.conversions import Loss
from schema_lab.autogenerate.questions.live import Live

_SHOWN, _LONGEST = 3, 40
Where = tuple[str, str | None, str]
"""A live table, its schema and a column."""


def counted(live: Live, where: Where, loss: Loss) -> int:
    """Count the values that a loss meets."""
    table = _table(where)
    query = sa.select(sa.func.count()).select_from(table).where(loss.condition)
    return live.connection.scalar(query) or 0


def shown(live: Live, where: Where, loss: Loss) -> str:
    """Spell some of the values, each with its key, such as "'abc' (id 3)"."""
    keys = list(live.inspector.get_pk_constraint(*where[:2])["constrained_columns"])
    columns: list[Any] = [sa.column(one) for one in (where[2], *keys)]
    query = sa.select(*columns).select_from(_table(where)).where(loss.condition)
    found = live.connection.execute(query.order_by(*columns[1:]).limit(_SHOWN + 1)).all()
    parts = [_spelled(row[0], keys, row[1:]) for row in found[:_SHOWN]]
    return ", ".join([*parts, *(["…"] if len(found) > _SHOWN else [])])


def tried(
    live: Live, where: Where, using: str | None, losses: list[Loss] | None
) -> tuple[str, ...]:
    """Where no condition says which values survive: let PostgreSQL cast them all, for a try."""
    if losses is not None:
        return ()
    if live.dialect.name != "postgresql":
        return ("The lab cannot tell which of its values can be cast.",)
    cast: Any = sa.literal_column(using or live.dialect.identifier_preparer.quote(where[2]))
    try:
        with live.connection.begin_nested():
            live.connection.scalar(sa.select(sa.func.count(cast)).select_from(_table(where)))
    except sa.exc.DBAPIError as error:
        return (f"PostgreSQL does not cast them: {_short(str(error.orig).splitlines()[0], 120)}.",)
    return ()


def _table(where: Where) -> sa.TableClause:
    return sa.table(where[0], sa.column(where[2]), schema=where[1])


def _spelled(value: Any, keys: list[str], key: Any) -> str:
    named = ", ".join(f"{name} {_short(str(one))}" for name, one in zip(keys, key, strict=True))
    text = value.isoformat(" ") if hasattr(value, "isoformat") else None
    spelled = _short(text or (repr(value) if isinstance(value, str) else str(value)))
    return f"{spelled} ({named})" if named else spelled


def _short(text: str, longest: int = _LONGEST) -> str:
    return text if len(text) <= longest else f"{text[:longest]}…"

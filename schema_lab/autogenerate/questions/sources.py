"""Whether what a column is filled with leaves no NULL, and breaks no rule of the column."""

import re
from typing import Any

import sqlalchemy as sa
from alembic.operations import ops

from schema_lab.autogenerate.questions.filling import Filling
from schema_lab.autogenerate.questions.former import former_column
from schema_lab.autogenerate.questions.live import Live
from schema_lab.autogenerate.questions.wanted import Wanted
from schema_lab.database import is_mysql
from schema_lab.errors import InputError


def refuse_bad_source(
    upgrade: ops.UpgradeOps, wanted: Wanted, filling: Filling, live: Live
) -> None:
    """Refuse what would leave NULL, or give many rows what one may have. Asks the live rows.

    Raises
    ------
    InputError
        With what to say instead.
    """
    if filling.copied:
        _refuse_bad_copy(upgrade, wanted, filling.copied, live)
    elif filling.sql:
        if not _is_of_the_upgrade(upgrade, wanted, filling.sql):
            _refuse_null(wanted, sa.literal_column(f"({filling.sql})"), filling.sql, live)
    elif wanted.empty > 1 and _is_unique(upgrade, wanted):
        raise InputError(
            f"{wanted.about} is unique, so {wanted.empty} rows cannot all get {filling.words}.",
            f'Say an expression that differs by row: candidate.fill({wanted.about!r}, sql="…").',
        )


def _refuse_bad_copy(upgrade: ops.UpgradeOps, wanted: Wanted, source: str, live: Live) -> None:
    container = wanted.container
    there = former_column(upgrade, container.table_name, container.schema, source)
    if not live.has(wanted.live_table, container.schema, [there]):
        columns = live.inspector.get_columns(wanted.live_table, container.schema)
        raise InputError(
            f"{wanted.table} has no column {source} to copy.",
            f"Its columns: {', '.join(one['name'] for one in columns)}.",
        )
    _refuse_null(wanted, sa.column(there), source, live)
    length = getattr(getattr(wanted.column.type, "impl", wanted.column.type), "length", None)
    if length is not None:
        _refuse_long(wanted, there, length, live)


def _refuse_long(wanted: Wanted, source: str, length: int, live: Live) -> None:
    text = sa.cast(sa.column(source), sa.Text)
    named = sa.func.length if live.dialect.name == "sqlite" else sa.func.char_length
    if is_mysql(live.dialect.name):
        text = sa.column(source)  # type: ignore[assignment]
    found = _count(wanted, named(text) > length, live)
    if found:
        raise InputError(
            f"{wanted.about} takes {length} characters, and {source} has more in {found} of the "
            f"{wanted.empty} rows to fill.",
            f'Cut them: candidate.fill({wanted.about!r}, sql="substr({source}, 1, {length})").',
        )


def _refuse_null(wanted: Wanted, expression: Any, source: str, live: Live) -> None:
    try:
        found = _count(wanted, expression.is_(None), live)
    except sa.exc.DBAPIError as error:
        said = " ".join(str(error.orig).split())
        raise InputError(
            f"The database refuses {source}: {said[:300]}",
            f"Correct the expression; it may name the columns of {wanted.live_table}.",
        ) from None
    if found:
        raise InputError(
            f"{source} is NULL in {found} of the {wanted.empty} rows to fill, so {wanted.about} "
            "would stay NULL there.",
            f'Say what these get: candidate.fill({wanted.about!r}, sql="coalesce({source}, …)").',
        )


def _count(wanted: Wanted, condition: Any, live: Live) -> int:
    table = sa.table(wanted.live_table, schema=wanted.container.schema)
    query = sa.select(sa.func.count()).select_from(table).where(condition)
    if not wanted.added:
        query = query.where(sa.column(wanted.live_column).is_(None))
    with live.connection.begin_nested() as inner:
        found = live.connection.scalar(query) or 0
        inner.rollback()
    return found


def _is_of_the_upgrade(upgrade: ops.UpgradeOps, wanted: Wanted, sql: str) -> bool:
    """Say whether an expression may name what the live table does not have yet."""
    words = set(re.findall(r"\w+", sql))
    for container in upgrade.ops:
        if isinstance(container, ops.ModifyTableOps):
            for one in container.ops:
                if isinstance(one, ops.AddColumnOp) and one.column.name in words:
                    return True
                if isinstance(one, ops.AlterColumnOp) and one.modify_name in words:
                    return True
    return wanted.container.table_name != wanted.live_table


def _is_unique(upgrade: ops.UpgradeOps, wanted: Wanted) -> bool:
    """Say whether the column alone is unique."""
    own = [wanted.column.name]
    if wanted.column.unique or wanted.column.primary_key:
        return True
    table: Any = wanted.column.table
    for one in getattr(table, "constraints", ()):
        if isinstance(one, sa.UniqueConstraint) and [each.name for each in one.columns] == own:
            return True
    indexes = getattr(table, "indexes", ())
    return any(
        one.unique and [getattr(each, "name", None) for each in one.expressions] == own
        for one in indexes
    )

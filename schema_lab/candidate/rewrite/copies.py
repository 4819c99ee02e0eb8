"""On SQLite: a copy of our own where Alembic's batch mode would lose something, or cannot.

A batch loses AUTOINCREMENT, COLLATE, triggers and more, and fails at computed columns. A copy has
the text of the model, and back the text of the live table, so that nothing is lost in between.
"""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext

from schema_lab.candidate.rewrite.casts import CastColumnOp, garbled_by_sqlite
from schema_lab.candidate.rewrite.native import all_native
from schema_lab.compare.scope import tables_of
from schema_lab.compare.spelled_models import sqlite_statements
from schema_lab.compare.whole_operations import AlterTableOp, CopyTableOp
from schema_lab.schema.spelling.sqlite import table_rows, without_check

_LIVE = (
    "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL"
    " AND lower(tbl_name) = lower(:name) ORDER BY name"
)


def copied_on_sqlite(
    context: MigrationContext, revision: Any, directives: list[ops.MigrationScript]
) -> None:
    """Copy tables by SQL where a batch would not do.

    A `process_revision_directives` function; changes the directives in place.
    """
    if context.dialect.name != "sqlite" or context.connection is None:
        return
    models = {table.name: table for table in tables_of(context.opts["target_metadata"])}
    for script in directives:
        pairs = zip(script.upgrade_ops_list, script.downgrade_ops_list, strict=True)
        for upgrade, downgrade in pairs:
            for name in sorted({table.table_name for table in _batches(upgrade)}):
                live = context.connection.execute(sa.text(_LIVE), {"name": name}).all()
                if name in models and live:
                    _copied(upgrade, downgrade, models[name], live, context.dialect)


def _batches(container: ops.OpContainer) -> Iterator[ops.ModifyTableOps]:
    for operation in container.ops:
        if isinstance(operation, ops.ModifyTableOps) and not all_native(operation.ops):
            yield operation


def _copied(
    upgrade: ops.OpContainer,
    downgrade: ops.OpContainer,
    model: sa.Table,
    live: Any,
    dialect: sa.Dialect,
) -> None:
    before = next((sql for kind, _, sql in live if kind == "table"), None)
    after, *_ = sqlite_statements(dialect, model)
    changed = [table for table in _batches(upgrade) if table.table_name == model.name]
    if before is None:
        return
    if any(map(_waits, changed)):  # values wait in a column that is in neither text
        return
    triggers = any(kind == "trigger" for kind, _, _ in live)
    if not (triggers or _is_lossy(before, after) or any(map(_has_own, changed))):
        return
    moved = _moved_indexes(changed)
    kept = [sql for kind, name, sql in live if kind != "table" and name not in moved]
    for container, source, target in ((upgrade, before, after), (downgrade, after, before)):
        container.ops = list(_with_copies(container, model.name, source, target, kept))


def _with_copies(
    container: ops.OpContainer, name: str, source: str, target: str, kept: list[str]
) -> Iterator[ops.MigrateOperation]:
    """Copy the table where its operations are; only the last copy has all of what is wanted.

    An earlier one lets rows be changed before a new CHECK holds, so it only drops the old one.
    """
    batches = [
        operation
        for operation in container.ops
        if isinstance(operation, ops.ModifyTableOps)
        and operation.table_name == name
        and not isinstance(operation, CopyTableOp)
    ]
    copying = [batch for batch in batches if any(map(_by_copy, batch.ops))]
    for operation in container.ops:
        if operation not in copying:
            yield operation
            continue
        last = operation is copying[-1]
        wanted = target if last else _without_checks(source, operation)
        yield from _split(operation, source, wanted, kept)
        source = wanted


def _without_checks(sql: str, batch: Any) -> str:
    """Take the CHECKs that a batch drops from the text of a table."""
    for operation in batch.ops:
        if isinstance(operation, ops.DropConstraintOp) and operation.constraint_type == "check":
            check: Any = operation.to_constraint()
            sql = without_check(sql, str(operation.constraint_name or ""), str(check.sqltext))
    return sql


def _is_lossy(before: str, after: str) -> bool:
    """Say whether a table has what a batch loses."""
    rows = {*table_rows(before), *table_rows(after)}
    return any(
        row.kind in ("computed", "collation", "identity", "option")
        or (row.kind == "check" and not row.name)
        or "on conflict" in row.text
        or "desc" in row.text.split()
        for row in rows
        if row.kind != "index"
    )


def _has_own(table: ops.ModifyTableOps) -> bool:
    return any(isinstance(operation, AlterTableOp) for operation in table.ops)


def _waits(table: ops.ModifyTableOps) -> bool:
    return any(
        isinstance(operation, CastColumnOp)
        and garbled_by_sqlite(operation.existing_type, operation.modify_type)
        for operation in table.ops
    )


def _moved_indexes(tables: list[ops.ModifyTableOps]) -> set[str]:
    """Name the indexes that other operations drop or create."""
    return {
        str(operation.index_name)
        for table in tables
        for operation in table.ops
        if isinstance(operation, ops.CreateIndexOp | ops.DropIndexOp)
    }


def _split(
    batch: ops.ModifyTableOps, source: str, target: str, kept: list[str]
) -> Iterator[ops.MigrateOperation]:
    """Give what runs before the copy, the copy, and the indexes that are created after it."""
    inside = [operation for operation in batch.ops if _by_copy(operation)]
    rest = [operation for operation in batch.ops if not _by_copy(operation)]
    made = [operation for operation in rest if isinstance(operation, ops.CreateIndexOp)]
    first = [operation for operation in rest if operation not in made]
    if first:
        yield ops.ModifyTableOps(batch.table_name, first, schema=batch.schema)
    yield CopyTableOp(batch.table_name, inside, before=source, after=target, kept=kept)
    if made:
        yield ops.ModifyTableOps(batch.table_name, made, schema=batch.schema)


def _by_copy(operation: Any) -> bool:
    """Say whether the copy itself makes a change."""
    if type(operation) in (ops.AlterColumnOp, CastColumnOp):
        return operation.modify_name is None
    if isinstance(operation, ops.AddColumnOp):
        return not all_native([operation])
    if isinstance(operation, ops.DropColumnOp):  # SQLite refuses while a CHECK names the column
        return True
    return isinstance(operation, AlterTableOp | ops.AddConstraintOp | ops.DropConstraintOp)

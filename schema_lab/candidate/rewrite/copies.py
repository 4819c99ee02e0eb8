"""On SQLite: a copy of our own where Alembic's batch mode would lose something, or cannot.

A batch loses AUTOINCREMENT, COLLATE, triggers and more, and fails at computed columns. A copy has
the text of the model, and back the text of the live table, so that nothing is lost in between.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
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
    "SELECT lower(tbl_name), type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name"
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
            changed = {name: tables for name, tables in _batches(upgrade).items() if name in models}
            if not changed:
                continue
            live = _live(context.connection)
            found = [
                copied
                for name, tables in changed.items()
                for copied in _copied(
                    tables, models[name], live.get(_lower(name), []), context.dialect
                )
            ]
            copies = {copied.name: copied for copied in found}
            upgrade.ops = list(_split(upgrade.ops, copies))
            backwards = {name: copied.reversed for name, copied in copies.items()}
            downgrade.ops = list(_split(downgrade.ops, backwards))


Live = Sequence[tuple[str, str, str]]
"""The type, name and SQL of a live table and of all that belongs to it."""


def _live(connection: sa.Connection) -> dict[str, list[tuple[str, str, str]]]:
    """Read the SQL of all live tables at once, by their names as SQLite folds them."""
    found: dict[str, list[tuple[str, str, str]]] = {}
    for table, kind, name, sql in connection.exec_driver_sql(_LIVE):
        found.setdefault(table, []).append((kind, name, sql))
    return found


def _lower(name: str) -> str:
    """Fold a name as SQLite does: only the letters of ASCII."""
    return "".join(letter.lower() if letter.isascii() else letter for letter in name)


def _batches(container: ops.OpContainer) -> dict[str, list[ops.ModifyTableOps]]:
    """Group the operations that copy a table by its name."""
    found: dict[str, list[ops.ModifyTableOps]] = {}
    for operation in container.ops:
        if isinstance(operation, ops.ModifyTableOps) and not all_native(operation.ops):
            found.setdefault(operation.table_name, []).append(operation)
    return found


@dataclass(frozen=True)
class _Copied:
    """A table that is copied: its text before and after, and the live objects to create again."""

    name: str
    before: str
    after: str
    kept: list[str]

    @property
    def reversed(self) -> "_Copied":
        return replace(self, before=self.after, after=self.before)


def _copied(
    changed: list[ops.ModifyTableOps], model: sa.Table, live: Live, dialect: sa.Dialect
) -> Iterator[_Copied]:
    """Say how a table is copied; nothing where a batch does it."""
    before = next((sql for kind, _, sql in live if kind == "table"), None)
    if before is None:
        return
    if any(map(_waits, changed)):  # values wait in a column that is in neither text
        return
    after, *_ = sqlite_statements(dialect, model)
    triggers = any(kind == "trigger" for kind, _, _ in live)
    if triggers or _is_lossy(before, after) or any(map(_has_own, changed)):
        moved = _moved_indexes(changed)
        kept = [sql for kind, name, sql in live if kind != "table" and name not in moved]
        yield _Copied(model.name, before, after, kept)


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
    operations: list[ops.MigrateOperation], copies: Mapping[str, _Copied]
) -> Iterator[ops.MigrateOperation]:
    """Copy tables where their operations are; only the last copy has all of what is wanted.

    An earlier one lets rows be changed before a new CHECK holds, so it only drops the old one.
    """
    copying = list(_copying(operations, copies))
    last = {operation.table_name: operation for operation in copying}
    sources = {name: copied.before for name, copied in copies.items()}
    replaced = set(map(id, copying))
    for operation in operations:
        if id(operation) not in replaced:
            yield operation
            continue
        assert isinstance(operation, ops.ModifyTableOps)
        name = operation.table_name
        source, copied = sources[name], copies[name]
        wanted = copied.after if last[name] is operation else _without_checks(source, operation)
        yield from _as_copy(operation, replace(copied, before=source, after=wanted))
        sources[name] = wanted


def _copying(
    operations: list[ops.MigrateOperation], copies: Mapping[str, _Copied]
) -> Iterator[ops.ModifyTableOps]:
    """Give the operations on the copied tables that need a copy."""
    for operation in operations:
        if (
            isinstance(operation, ops.ModifyTableOps)
            and not isinstance(operation, CopyTableOp)
            and operation.table_name in copies
            and any(map(_by_copy, operation.ops))
        ):
            yield operation


def _without_checks(sql: str, batch: ops.ModifyTableOps) -> str:
    """Take the CHECKs that a batch drops from the text of a table."""
    for operation in batch.ops:
        if isinstance(operation, ops.DropConstraintOp) and operation.constraint_type == "check":
            check: Any = operation.to_constraint()
            sql = without_check(sql, str(operation.constraint_name or ""), str(check.sqltext))
    return sql


def _as_copy(batch: ops.ModifyTableOps, copied: _Copied) -> Iterator[ops.MigrateOperation]:
    """Give what runs before the copy, the copy, and the indexes that are created after it."""
    inside = [operation for operation in batch.ops if _by_copy(operation)]
    rest = [operation for operation in batch.ops if not _by_copy(operation)]
    made = [operation for operation in rest if isinstance(operation, ops.CreateIndexOp)]
    first = [operation for operation in rest if operation not in made]
    if first:
        yield ops.ModifyTableOps(batch.table_name, first, schema=batch.schema)
    yield CopyTableOp(
        batch.table_name, inside, before=copied.before, after=copied.after, kept=copied.kept
    )
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

"""Sequences that a table or column takes its numbers from, made before and dropped after it.

A sequence that a revision of the project made is dropped with the last table that used it as a
default, and created again in the downgrade. A sequence of others stays.

Alembic creates none: https://github.com/sqlalchemy/alembic/issues/60
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext
from sqlalchemy.schema import CreateSequence, DropSequence
from sqlalchemy.sql import visitors

from schema_lab.candidate.render.script import StatementOp
from schema_lab.compare.others import OWNERSHIP, Ownership
from schema_lab.schema.sql_text import undoubled

_OF_DEFAULTS = """
SELECT s.oid, n.nspname AS schema, s.relname AS name, format_type(q.seqtypid, NULL) AS type,
    q.seqstart AS start, q.seqincrement AS increment, q.seqmin AS least, q.seqmax AS most,
    q.seqcache AS cache, q.seqcycle AS cycle, tn.nspname AS table_schema, t.relname AS table
FROM pg_depend d JOIN pg_attrdef a ON a.oid = d.objid AND d.classid = 'pg_attrdef'::regclass
JOIN pg_class s ON s.oid = d.refobjid AND d.refclassid = 'pg_class'::regclass AND s.relkind = 'S'
JOIN pg_sequence q ON q.seqrelid = s.oid JOIN pg_namespace n ON n.oid = s.relnamespace
JOIN pg_class t ON t.oid = a.adrelid JOIN pg_namespace tn ON tn.oid = t.relnamespace
WHERE NOT EXISTS (SELECT FROM pg_depend o WHERE o.objid = s.oid AND o.deptype IN ('a', 'i')
    AND o.classid = 'pg_class'::regclass)
"""
"""The sequences that defaults of tables use, and that no column owns."""


def with_sequences(
    context: MigrationContext, revision: Any, directives: list[ops.MigrationScript]
) -> None:
    """Create missing sequences (a `process_revision_directives` function), in place."""
    if not context.dialect.supports_sequences or context.connection is None:
        return
    inspector = sa.inspect(context.connection)
    for script in directives:
        pairs = zip(script.upgrade_ops_list, script.downgrade_ops_list, strict=True)
        for upgrade, downgrade in pairs:
            found = {
                (sequence.schema, sequence.name): sequence for sequence in _sequences(upgrade.ops)
            }
            for sequence in found.values():
                if inspector.has_sequence(sequence.name, schema=sequence.schema):
                    continue
                made = StatementOp(
                    _sql(CreateSequence(sequence), context.dialect),
                    _sql(DropSequence(sequence), context.dialect),
                )
                upgrade.ops.insert(0, made)
                downgrade.ops.append(made.reverse())
            for unused in _unused(context, upgrade):
                upgrade.ops.append(unused)
                downgrade.ops.insert(0, unused.reverse())


def _unused(context: MigrationContext, upgrade: ops.UpgradeOps) -> Iterator[StatementOp]:
    """Drop the project's sequences that only dropped tables use."""
    default = context.dialect.default_schema_name
    gone = {
        (operation.schema or default, operation.table_name)
        for operation in upgrade.ops
        if isinstance(operation, ops.DropTableOp)
    }
    ownership: Ownership | None = context.opts.get(OWNERSHIP)
    if context.dialect.name != "postgresql" or not gone or ownership is None:
        return
    assert context.connection is not None
    used: dict[int, list[Any]] = {}
    for found in context.connection.exec_driver_sql(_OF_DEFAULTS):
        used.setdefault(found.oid, []).append(found)
    wanted = {sequence.name for sequence in _sequences(upgrade.ops)}
    for uses in used.values():
        sequence = uses[0]
        if sequence.name in wanted or not {(use.table_schema, use.table) for use in uses} <= gone:
            continue
        schema = None if sequence.schema == default else sequence.schema
        name = context.dialect.identifier_preparer.format_sequence(
            sa.Sequence(sequence.name, schema=schema)
        )
        if _is_made(ownership.scripts, name):
            create = (
                f"CREATE SEQUENCE {name} AS {sequence.type} START WITH {sequence.start} "
                f"INCREMENT BY {sequence.increment} MINVALUE {sequence.least} "
                f"MAXVALUE {sequence.most} CACHE {sequence.cache}"
                f"{' CYCLE' if sequence.cycle else ''}"
            )
            yield StatementOp(f"DROP SEQUENCE {name}", create)


def _is_made(scripts: Any, name: str) -> bool:
    """Say whether a revision creates a sequence."""
    for script in scripts.walk_revisions():
        text = Path(script.path).read_text(encoding="utf-8").replace('\\"', '"')
        if re.search(rf"CREATE SEQUENCE {re.escape(name)}(?![\w\".])", text):
            return True
    return False


def _sql(element: Any, dialect: sa.Dialect) -> str:
    return undoubled(str(element.compile(dialect=dialect)), dialect)


def _sequences(operations: list[ops.MigrateOperation]) -> Iterator[sa.Sequence]:
    for operation in operations:
        if isinstance(operation, ops.OpContainer):
            yield from _sequences(operation.ops)
        elif isinstance(operation, ops.CreateTableOp):
            for column in operation.columns:
                yield from _of_column(column)
        elif isinstance(operation, ops.AddColumnOp):
            yield from _of_column(operation.column)


def _of_column(column: Any) -> Iterator[sa.Sequence]:
    if isinstance(getattr(column, "default", None), sa.Sequence):
        yield column.default
    expression = getattr(getattr(column, "server_default", None), "arg", None)
    if isinstance(expression, sa.ClauseElement):
        for part in visitors.iterate(expression):
            sequence = getattr(part, "sequence", None)
            if isinstance(sequence, sa.Sequence):
                yield sequence

"""What a migration would lose on SQLite: run it on an empty copy of the schema, in memory."""

import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from alembic.operations import Operations, ops
from alembic.runtime.migration import MigrationContext

from schema_lab.schema import reflected_word_for_word
from schema_lab.schema.reflection.sqlite_losses import (
    SchemaObjects,
    dropped_by,
    losses_between,
    meant_by,
)
from schema_lab.schema.reflection.sqlite_schema import tokens

_SCHEMA_WORDS = frozenset({"create", "drop", "alter"})


@dataclass(frozen=True)
class EmptyCopyRun:
    """A run on an empty copy: what is lost, as sentences, and why it stops ("" if it does not).

    `at` is the index of the operation that stops.
    """

    lost: tuple[str, ...] = ()
    stops: str = ""
    at: int = 0


def on_empty_copy(
    connection: sa.Connection, operations: Sequence[ops.MigrateOperation]
) -> EmptyCopyRun:
    """Run operations on an empty copy of a SQLite schema, in memory. Read-only.

    Parameters
    ----------
    connection
        The connection to the live SQLite database.
    operations
        Alembic's operations. A `ModifyTableOps` runs as a batch. Of `op.execute`, only DDL runs.
    """
    engine = sa.create_engine("sqlite://", poolclass=sa.NullPool)
    with warnings.catch_warnings(), reflected_word_for_word(), engine.connect() as copy:
        warnings.simplefilter("ignore")
        try:
            for statement in _schema(connection):
                copy.exec_driver_sql(statement)
        except sa.exc.DBAPIError:  # a virtual table, or a function of the application
            return EmptyCopyRun()
        before, ran = SchemaObjects.of(copy), list[str]()
        sa.event.listen(copy, "before_cursor_execute", lambda *given: ran.append(given[2]))
        operator = Operations(MigrationContext.configure(copy))
        for at, operation in enumerate(operations):
            try:
                _invoke(operator, operation)
            except Exception as error:  # noqa: BLE001 - Alembic and SQLAlchemy raise anything here
                reason = str(getattr(error, "orig", None) or error).splitlines()[0]
                return EmptyCopyRun(stops=reason, at=at)
        names = set().union(*dropped_by(ran).values()) | set(_dropped(operations))
        lost, meant = losses_between(before, SchemaObjects.of(copy), names), meant_by(ran)
        return EmptyCopyRun(tuple(each.sentence for each in lost if each.sentence not in meant))


def _schema(connection: sa.Connection) -> list[str]:
    """Give the SQL that creates the schema, each object after those that it needs."""
    listed = (
        "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite^_%' "
        "ESCAPE '^' ORDER BY CASE type WHEN 'table' THEN 0 WHEN 'index' THEN 1 "
        "WHEN 'view' THEN 2 ELSE 3 END, rowid"
    )
    return list(connection.execute(sa.text(listed)).scalars())


def _invoke(operator: Operations, operation: ops.MigrateOperation) -> None:
    if isinstance(operation, ops.ModifyTableOps):
        with operator.batch_alter_table(operation.table_name, schema=operation.schema) as batch:
            for inner in operation.ops:
                batch.invoke(inner)
    elif isinstance(operation, ops.ExecuteSQLOp):
        text = str(operation.sqltext)
        if tokens(text)[:1] and tokens(text)[0].key in _SCHEMA_WORDS:
            operator.get_bind().exec_driver_sql(text)
    elif isinstance(operation, _KNOWN):
        operator.invoke(operation)


_KNOWN = (
    ops.AlterTableOp,
    ops.CreateIndexOp,
    ops.CreateTableOp,
    ops.DropIndexOp,
    ops.DropTableOp,
)


def _dropped(operations: Iterable[ops.MigrateOperation]) -> Iterator[str]:
    """Name what operations drop, in lower case."""
    for operation in operations:
        if isinstance(operation, ops.ModifyTableOps):
            yield from _dropped(operation.ops)
            continue
        dropped: Any = operation
        if isinstance(operation, ops.DropColumnOp):
            yield str(dropped.column_name).lower()
        elif isinstance(operation, ops.DropConstraintOp):
            yield str(dropped.constraint_name).lower()
        elif isinstance(operation, ops.DropIndexOp):
            yield str(dropped.index_name).lower()

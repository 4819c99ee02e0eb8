"""The SQL of single operations on a dialect, without a server."""

from collections.abc import Iterable, Iterator
from io import StringIO
from typing import Any

from alembic.operations import Operations, ops
from alembic.runtime.migration import MigrationContext


def statements_of(operations: Iterable[ops.MigrateOperation], dialect: str) -> Iterator[str]:
    """Write the SQL of each operation; "" for one that cannot be written offline. Read-only.

    Examples
    --------
    >>> list(statements_of([ops.DropColumnOp("users", "plan")], "postgresql"))
    ['ALTER TABLE users DROP COLUMN plan;']
    """
    buffer = StringIO()
    options: Any = {"as_sql": True, "output_buffer": buffer, "literal_binds": True}
    named = {"paramstyle": "named"}  # so that no `%` is doubled for a driver
    context = MigrationContext.configure(dialect_name=dialect, dialect_opts=named, opts=options)
    for one in operations:
        yield _written(Operations(context), one, buffer)


def _written(operations: Operations, operation: ops.MigrateOperation, buffer: StringIO) -> str:
    buffer.seek(0)
    buffer.truncate()
    try:
        operations.invoke(operation)
    except Exception:  # noqa: BLE001 - an operation of another library may raise anything
        return ""
    return buffer.getvalue().strip()

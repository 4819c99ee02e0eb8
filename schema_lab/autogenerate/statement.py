"""An SQL statement of a script, and the statement that takes it back."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic.autogenerate import renderers
from alembic.autogenerate.api import AutogenContext
from alembic.operations import Operations, ops

from schema_lab.autogenerate.operations import Operation, describe
from schema_lab.database import as_text


class StatementOp(ops.MigrateOperation):
    """Run SQL word for word; "" says nothing, such as the way back of what cannot be undone.

    Parameters
    ----------
    sql
        The statement of this direction.
    back
        The statement of the other direction.
    """

    def __init__(self, sql: str, back: str = "") -> None:
        self.sql = sql
        self.back = back

    def reverse(self) -> "StatementOp":
        """Give the statement that takes this one back."""
        return StatementOp(self.back, self.sql)

    def to_diff_tuple(self) -> tuple[Any, ...]:
        """Say what this is, as Alembic's operations do."""
        return ("execute", self.sql)


@renderers.dispatch_for(StatementOp)
def _render(context: AutogenContext, operation: StatementOp) -> list[str]:
    return [execution(operation.sql)] if operation.sql else []


@Operations.implementation_for(StatementOp)
def _execute(operations: Operations, operation: StatementOp) -> None:
    if operation.sql:
        operations.execute(as_text(operation.sql))


def execution(sql: str) -> str:
    """Write the line of a script that runs a statement word for word.

    Examples
    --------
    >>> print(execution("UPDATE users SET plan = 'free'"))
    op.execute("UPDATE users SET plan = 'free'")
    """
    text = repr(as_text(sql))
    return f"op.execute({text})"


@describe.register
def _(operation: StatementOp, dialect: sa.Dialect) -> Iterator[Operation]:
    if operation.sql:
        text = " ".join(operation.sql.split())
        yield Operation("~", f"execute {text}", "execute", after=text)

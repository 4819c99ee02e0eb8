"""What a script says beside its operations: comments, and operations that leave nothing."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic.autogenerate import renderers
from alembic.autogenerate.api import AutogenContext
from alembic.operations import ops

from schema_lab.autogenerate.operations import Operation, describe


class NoteOp(ops.MigrateOperation):
    """A comment in upgrade(); its downgrade says nothing.

    Parameters
    ----------
    text
        One sentence, or several lines.
    """

    def __init__(self, text: str) -> None:
        self.text = text

    def reverse(self) -> "NoteOp":
        """Say nothing on the way back."""
        return NoteOp("")

    def to_diff_tuple(self) -> tuple[Any, ...]:
        """Say what this is, as Alembic's operations do."""
        return ("note", self.text)


def without_nothing(operations: list[ops.MigrateOperation]) -> list[ops.MigrateOperation]:
    """Leave out notes that say nothing, and what they leave empty."""
    kept = []
    for one in operations:
        if isinstance(one, ops.OpContainer):
            one.ops = without_nothing(one.ops)
            said = bool(one.ops)
        else:
            said = not isinstance(one, NoteOp) or bool(one.text)
        if said:
            kept.append(one)
    return kept


@renderers.dispatch_for(NoteOp)
def _render(context: AutogenContext, operation: NoteOp) -> list[str]:
    return [f"# {line}".rstrip() for line in operation.text.splitlines()]


@describe.register
def _(operation: NoteOp, dialect: sa.Dialect) -> Iterator[Operation]:
    yield from ()

"""What recipes put into a script: SQL with its way back, and steps outside of the transaction."""

from collections.abc import Callable
from typing import Any

from alembic.autogenerate import renderers
from alembic.autogenerate.api import AutogenContext
from alembic.operations import ops

from schema_lab.autogenerate.notes import NoteOp
from schema_lab.autogenerate.questions.live import Live
from schema_lab.database import family
from schema_lab.database.word_for_word import as_text
from schema_lab.errors import InputError


class RunOp(ops.ExecuteSQLOp):
    """SQL of the upgrade, and the SQL that takes it back; "" says nothing."""

    def __init__(self, sql: str, back: str = "") -> None:
        super().__init__(as_text(sql))
        self.sql, self.back = sql, back

    def reverse(self) -> ops.MigrateOperation:
        """Give the way back."""
        return RunOp(self.back, self.sql) if self.back else NoteOp("")


class AutocommitOp(ops.OpContainer):
    """Operations outside of the transaction; what ran before is committed."""

    def __init__(self, up: list[ops.MigrateOperation], down: list[ops.MigrateOperation]) -> None:
        super().__init__(up)
        self.down = down

    def reverse(self) -> ops.MigrateOperation:
        """Give the way back, outside of the transaction as well."""
        return AutocommitOp(self.down, list(self.ops)) if self.down else NoteOp("")


@renderers.dispatch_for(RunOp)
def _render_run(context: AutogenContext, operation: RunOp) -> list[str]:
    lines = str(operation.sqltext).splitlines(keepends=True)
    if len(lines) == 1:
        return [f"op.execute({lines[0]!r})"]
    # A text over several lines would be indented with the script.
    return ["\n".join(["op.execute(", *(f"    {line!r}" for line in lines), ")"])]


@renderers.dispatch_for(AutocommitOp)
def _render_autocommit(context: AutogenContext, operation: AutocommitOp) -> list[str]:
    lines = ["with op.get_context().autocommit_block():"]
    for one in operation.ops:
        found = renderers.dispatch(one)(context, one)
        for text in [found] if isinstance(found, str) else found:
            lines += [f"    {line}" for line in text.splitlines()]
    return ["\n".join(lines)]


def only_postgresql(live: Live, call: str, cure: str) -> None:
    """Refuse a recipe elsewhere than on PostgreSQL.

    Raises
    ------
    InputError
        Saying what to do instead.
    """
    if live.dialect.name != "postgresql":
        here = family(live.dialect)
        raise InputError(f"{call} is for PostgreSQL; this database is {here}.", cure)


def taken(
    upgrade: ops.UpgradeOps, wanted: Callable[[Any], bool]
) -> tuple[int, ops.MigrateOperation] | None:
    """Take the first operation that is wanted out of an upgrade, also out of a table's.

    Gives its place among the operations of the upgrade; None where there is none.
    """
    for place, one in enumerate(upgrade.ops):
        if wanted(one):
            return place, upgrade.ops.pop(place)
        if isinstance(one, ops.ModifyTableOps):
            found = next((inner for inner in one.ops if wanted(inner)), None)
            if found is not None:
                one.ops = [inner for inner in one.ops if inner is not found]
                if not one.ops:
                    upgrade.ops.pop(place)
                return place, found
    return None

"""MariaDB and MySQL forget what an altered column was, where the operation does not say it."""

from collections.abc import Iterator

from alembic.operations import ops

from schema_lab.database import is_mysql
from schema_lab.review.acts import altered_columns
from schema_lab.review.change import Change
from schema_lab.review.finding import Finding, Severity
from schema_lab.review.live import ColumnFact
from schema_lab.review.saying import on

CODE = "SL604"
NAME = "forgets-attributes"
SEVERITY: Severity = "error"
TITLE = "MariaDB and MySQL drop NOT NULL, default or comment that alter_column does not repeat."

_WHY = (
    "MODIFY and CHANGE describe the whole column: what alter_column is not told through its "
    "existing_… arguments is gone after it, without a word."
)
_RECIPE = (
    "Repeat what stays: existing_nullable=…, existing_server_default=…, existing_comment=…; "
    "autogenerate writes them."
)


def find(change: Change) -> Iterator[Finding]:
    """Give each altered column with what it would lose, compared with the live column."""
    if not is_mysql(change.dialect) or change.live is None:
        return
    for step, place, one in altered_columns(change):
        column = change.live.columns(place).get(step.column)
        lost = _lost(one, column) if column is not None and _describes(one) else []
        if lost:
            sentence = f"alters {place}.{step.column}, which loses its {' and '.join(lost)}"
            yield on(step, CODE, SEVERITY, sentence, _WHY, _RECIPE)


def _describes(one: ops.AlterColumnOp) -> bool:
    """Say whether Alembic renders MODIFY or CHANGE; a default alone is ALTER COLUMN SET DEFAULT."""
    changed = (one.modify_type, one.modify_nullable, one.modify_name)
    return any(part is not None for part in changed) or one.modify_comment is not False


def _lost(one: ops.AlterColumnOp, column: ColumnFact) -> list[str]:
    lost = []
    if not column.nullable and one.modify_nullable is None and one.existing_nullable is not False:
        lost.append("NOT NULL")
    told = one.existing_server_default is not False or one.modify_server_default is not False
    if column.default is not None and column.default.upper() != "NULL" and not told:
        lost.append("default")
    if column.comment and one.modify_comment is False and not one.existing_comment:
        lost.append("comment")
    return lost

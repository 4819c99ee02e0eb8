"""MariaDB and MySQL drop the attributes of a column that alter_column does not repeat."""

from collections.abc import Iterator

from alembic.operations import ops

from schema_lab.database import is_mysql
from schema_lab.review.change import Change
from schema_lab.review.effects import altered_columns
from schema_lab.review.findings import Finding, Severity
from schema_lab.review.live_facts import ColumnFact
from schema_lab.review.rule import on

CODE = "SL604"
NAME = "forgets-attributes"
SEVERITY: Severity = "error"
TITLE = "MariaDB and MySQL drop NOT NULL, a default or a comment that alter_column does not repeat."

_WHY = (
    "MODIFY and CHANGE describe the whole column: what alter_column does not repeat in its "
    "existing_… arguments is dropped silently."
)
_RECIPE = (
    "Repeat what should stay: existing_nullable=…, existing_server_default=…, "
    "existing_comment=…. Autogenerate writes them."
)


def find(change: Change) -> Iterator[Finding]:
    """Find what each altered column would lose, compared with the live column."""
    if not is_mysql(change.dialect) or change.live is None:
        return
    for step, place, operation in altered_columns(change):
        column = change.live.columns(place).get(step.column)
        lost = _lost(operation, column) if column is not None and _describes(operation) else []
        if lost:
            sentence = f"alters `{place}.{step.column}`, which loses its {' and '.join(lost)}"
            yield on(step, CODE, SEVERITY, sentence, _WHY, _RECIPE)


def _describes(operation: ops.AlterColumnOp) -> bool:
    """Tell whether Alembic renders MODIFY or CHANGE, and not only SET DEFAULT."""
    changed = (operation.modify_type, operation.modify_nullable, operation.modify_name)
    return any(part is not None for part in changed) or operation.modify_comment is not False


def _lost(operation: ops.AlterColumnOp, column: ColumnFact) -> list[str]:
    lost = []
    if (
        not column.nullable
        and operation.modify_nullable is None
        and operation.existing_nullable is not False
    ):
        lost.append("NOT NULL")
    told = (
        operation.existing_server_default is not False
        or operation.modify_server_default is not False
    )
    if column.default is not None and column.default.upper() != "NULL" and not told:
        lost.append("default")
    if column.comment and operation.modify_comment is False and not operation.existing_comment:
        lost.append("comment")
    return lost

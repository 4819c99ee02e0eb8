"""A table is created without a primary key."""

from collections.abc import Iterator

from alembic.operations import ops
from sqlglot import exp

from schema_lab.review.change import Change
from schema_lab.review.findings import Finding, Severity
from schema_lab.review.reviewed_operation import ReviewedOperation, tables_created, tables_touched
from schema_lab.review.rule import on
from schema_lab.schema.words import TableKey

CODE = "SL701"
NAME = "no-primary-key"
SEVERITY: Severity = "warning"
TITLE = "A table is created without a primary key."

_WHY = (
    "Nothing distinguishes two equal rows, and an ORM class cannot use the table. A replica of "
    "MariaDB or MySQL searches the whole table for each changed row, and some servers refuse such "
    "a table. PostgreSQL refuses UPDATE and DELETE while the table is in a publication."
)
_RECIPE = (
    "Add a primary key now, while the table is empty: the columns that identify a row, such as "
    "both foreign keys of an association table, or a new id. Later, adding it locks the table."
)


def find(change: Change) -> Iterator[Finding]:
    """Find each new table that has no key at the end of the upgrade; on SQLite, as a note.

    SQLite has a rowid for each row, but the same script may run on another database. A downgrade
    recreates what was there before.
    """
    if change.direction == "downgrade":
        return
    severity: Severity = "note" if change.dialect == "sqlite" else SEVERITY
    for index, step in enumerate(change.upgrade):
        settled = {place for after in change.upgrade[index:] for place in _settled(after)}
        for place in _without_key(step):
            if place not in settled:
                sentence = f"creates `{place}` without a primary key"
                yield on(step, CODE, severity, sentence, _WHY, _RECIPE, place=place)


def _without_key(step: ReviewedOperation) -> Iterator[TableKey]:
    """Yield the tables that an operation creates, by a list of columns without a key."""
    operation, place = step.operation, step.place
    if isinstance(operation, ops.CreateTableOp) and place is not None:
        temporary = "TEMP" in " ".join(operation.prefixes or ()).upper()
        if not temporary and not operation.to_table().primary_key.columns:
            yield place
    for statement in step.sql:
        if _lists_columns(statement) and not _has_key(statement):
            yield from tables_created(statement)


def _lists_columns(statement: exp.Expr) -> bool:
    """Tell whether it is a CREATE TABLE with columns of its own, of a table that stays."""
    columns = statement.this.expressions if isinstance(statement.this, exp.Schema) else []
    copied = any(isinstance(column, exp.LikeProperty) for column in columns)
    return bool(columns) and not copied and statement.find(exp.TemporaryProperty) is None


def _has_key(statement: exp.Expr) -> bool:
    return statement.find(exp.PrimaryKey, exp.PrimaryKeyColumnConstraint) is not None


def _settled(step: ReviewedOperation) -> Iterator[TableKey]:
    """Yield the tables that get a primary key, or are dropped again."""
    settles = isinstance(step.operation, ops.CreatePrimaryKeyOp | ops.DropTableOp)
    if settles and step.place is not None:
        yield step.place
    for statement in step.sql:
        if isinstance(statement, exp.Alter) and _has_key(statement):
            yield from tables_touched(statement)
        elif isinstance(statement, exp.Drop) and statement.kind == "TABLE":
            for table in statement.find_all(exp.Table):
                yield TableKey(table.db or None, table.name)

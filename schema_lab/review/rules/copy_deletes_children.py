"""SQLite copies a table that other rows refer to, with ON DELETE."""

from collections.abc import Iterator

import sqlalchemy as sa

from schema_lab.review.change import Change
from schema_lab.review.effects import copied_tables
from schema_lab.review.findings import Finding, Severity
from schema_lab.review.reviewed_operation import ReviewedOperation
from schema_lab.review.rule import on
from schema_lab.review.sqlite_copies import batch_steps
from schema_lab.schema.words import TableKey
from schema_lab.views.plain import counted

CODE = "SL503"
NAME = "copy-deletes-children"
SEVERITY: Severity = "warning"
TITLE = "SQLite copies a table; if foreign keys are enforced, rows that refer to it are lost."

_ACTIONS = {"CASCADE": "would be deleted", "SET NULL": "would lose their reference"}
_WHY = (
    "The old table is dropped after the copy. With PRAGMA foreign_keys=ON, this deletes its "
    "rows one after the other, with ON DELETE. The lab turns the pragma off for a migration; "
    "another program that runs this script with the pragma on loses the rows."
)
_RECIPE = (
    "Run the script with the lab or through its env.py. Elsewhere, turn PRAGMA foreign_keys "
    "off before the transaction begins (inside a transaction the pragma does nothing)."
)


_KEYS = (
    'SELECT m.name, k."from", k.on_delete FROM sqlite_master AS m '
    "JOIN pragma_foreign_key_list(m.name) AS k "
    "WHERE m.type = 'table' AND lower(k.\"table\") = lower(:parent) AND m.name <> :parent "
    "ORDER BY m.name, k.id"
)
"""SQLAlchemy does not reflect the ON DELETE of a foreign key in a column's definition."""


def find(change: Change) -> Iterator[Finding]:
    """Find the rows that refer to a copied table by a foreign key with ON DELETE."""
    if change.dialect != "sqlite":
        return
    for step in batch_steps(change):
        if step.place is not None:
            yield from _of_step(change, step, step.place)
    for effect in copied_tables(change):
        yield from _of_step(change, effect.step, effect.place)


def _of_step(change: Change, step: ReviewedOperation, place: TableKey) -> Iterator[Finding]:
    if change.live is None:
        return
    asked = sa.text(_KEYS).bindparams(parent=place.name)
    for child, column, action in change.live.connection.execute(asked).all():
        rows = change.live.values(TableKey(None, child), column)
        if action in _ACTIONS and rows:
            what = f"{counted(rows, 'row')} of `{child}` {_ACTIONS[action]}"
            sentence = f"copies `{place}`; with foreign keys on, {what} (ON DELETE {action})"
            yield on(step, CODE, SEVERITY, sentence, _WHY, _RECIPE)

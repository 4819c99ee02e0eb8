"""SQLite copies a table to which rows of others point, with ON DELETE."""

from collections.abc import Iterator

import sqlalchemy as sa

from schema_lab.review.change import Change
from schema_lab.review.copies import batch_steps
from schema_lab.review.finding import Finding, Severity
from schema_lab.review.saying import on
from schema_lab.review.step import Place, Step
from schema_lab.review.words import counted

CODE = "SL503"
NAME = "copy-deletes-children"
SEVERITY: Severity = "warning"
TITLE = "SQLite copies a table, and where foreign keys are on, rows that point to it go."

_ACTIONS = {"CASCADE": "would be deleted", "SET NULL": "would lose the link"}
_WHY = (
    "The old table is dropped after the copy, and with PRAGMA foreign_keys=ON that deletes its "
    "rows one by one, ON DELETE included. The lab switches the pragma off for a migration; any "
    "other program that runs this script with it on loses the rows."
)
_RECIPE = (
    "Run it with the lab or through its env.py; elsewhere switch PRAGMA foreign_keys off before "
    "the transaction begins (in it, the pragma does nothing)."
)


_KEYS = (
    'SELECT m.name, k."from", k.on_delete FROM sqlite_master AS m '
    "JOIN pragma_foreign_key_list(m.name) AS k "
    "WHERE m.type = 'table' AND lower(k.\"table\") = lower(:parent) AND m.name <> :parent "
    "ORDER BY m.name, k.id"
)
"""SQLAlchemy reflects no action of a foreign key that stands with its column."""


def find(change: Change) -> Iterator[Finding]:
    """Give each copied table with the rows that point to it, for each key with ON DELETE."""
    for step in batch_steps(change) if change.dialect == "sqlite" else ():
        yield from _of_step(change, step)


def _of_step(change: Change, step: Step) -> Iterator[Finding]:
    if change.live is None or step.place is None:
        return
    asked = sa.text(_KEYS).bindparams(parent=step.place.name)
    for child, column, action in change.live.connection.execute(asked).all():
        rows = change.live.values(Place(child), column)
        if action in _ACTIONS and rows:
            what = f"{counted(rows, 'row')} of {child} {_ACTIONS[action]}"
            sentence = f"copies {step.table}; with foreign keys on, {what} (ON DELETE {action})"
            yield on(step, CODE, SEVERITY, sentence, _WHY, _RECIPE)

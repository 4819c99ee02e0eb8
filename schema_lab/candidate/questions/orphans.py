"""Orphans? A foreign key is added, but rows refer to rows that do not exist.

Without an answer, the rows block the migration. Rows to which other rows refer are not deleted.
"""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic.operations import ops

from schema_lab.candidate.questions.deletions import (
    STOP,
    Blocked,
    blocked_about,
    blocked_in,
    referring,
    settle,
)
from schema_lab.candidate.questions.deletions import spelled as sql
from schema_lab.candidate.questions.live_database import LiveDatabase
from schema_lab.candidate.questions.question import Choice, Question, Value
from schema_lab.views.plain import count

KIND = "orphans"
NULL: Value = ("null",)
DELETE: Value = ("delete",)


def ask(upgrade: ops.UpgradeOps, live: LiveDatabase) -> Iterator[Question]:
    """Ask about each foreign key with values that have no row to refer to."""
    for blocked in blocked_in(upgrade, live, "foreign key"):
        yield _question(blocked, live)


def apply(upgrade: ops.UpgradeOps, question: Question, value: Value, live: LiveDatabase) -> None:
    """Set the values to NULL, or delete their rows, before the foreign key is made."""
    if value == STOP:
        return
    blocked = blocked_about(upgrade, live, "foreign key", question.about)
    child = blocked.source(*blocked.columns)
    number = blocked.violations.total
    rows = count(number, "row")
    if value == NULL:
        change: Any = sa.update(child).values(dict.fromkeys(_nullable(blocked), sa.null()))
        done = f"{rows} of {blocked.about} set to NULL"
    else:
        change, done = sa.delete(child), f"{rows} of {blocked.table[0]} deleted"
    parent = blocked.operation.referent_table
    note = f"Without a row in {parent}: {done}. The downgrade cannot undo that."
    settle(upgrade, blocked, note, sql(change.where(*_orphaned(blocked, child)), live))


def _question(blocked: Blocked, live: LiveDatabase) -> Question:
    about, number = blocked.about, blocked.violations.total
    choices, evidence = [], [str(blocked.violations)]
    own = (blocked.operation.referent_table, blocked.operation.kw.get("referent_schema"))
    if not blocked.is_renamed and own != blocked.table:
        if _nullable(blocked):
            label = f"set {'this value' if number == 1 else f'these {number} values'} to NULL"
            choices.append(Choice(label, f"candidate.orphans({about!r}, to=None)", NULL))
        refers = referring(blocked, _gone(blocked, live), live)
        evidence += refers
        if not refers:
            call = f"candidate.orphans({about!r}, delete=True)"
            choices.append(Choice(f"delete {count(number, 'row')}", call, DELETE))
    stop = Choice("stop, and fix the rows first", f"candidate.orphans({about!r})", STOP)
    return Question(
        kind=KIND,
        about=about,
        sentence=f"`{about}` gets a foreign key. What should happen to the rows without a parent?",
        evidence=tuple(evidence),
        choices=(*choices, stop),
        change=f"foreign key {about} {blocked.operation.referent_table}",
        default=STOP,
    )


def _nullable(blocked: Blocked) -> list[str]:
    """Name the columns of the key that may be NULL now and after the migration."""
    live = blocked.live.inspector.get_columns(*blocked.live.table(blocked.table))
    free = {column["name"] for column in live if column["nullable"]}
    if isinstance(blocked.place, ops.ModifyTableOps):
        free -= {
            operation.column_name
            for operation in blocked.place.ops
            if isinstance(operation, ops.AlterColumnOp) and operation.modify_nullable is False
        }
    return [name for name in blocked.columns if name in free]


def _orphaned(blocked: Blocked, child: sa.TableClause) -> Iterator[Any]:
    operation = blocked.operation
    schema = operation.kw.get("referent_schema")
    parent = sa.table(
        operation.referent_table, *map(sa.column, operation.remote_cols), schema=schema
    )
    pairs = zip(operation.remote_cols, operation.local_cols, strict=True)
    same = (parent.c[remote] == child.c[local] for remote, local in pairs)
    yield from (child.c[name].is_not(None) for name in operation.local_cols)
    yield ~sa.exists().select_from(parent).where(*same).correlate(child)


def _gone(blocked: Blocked, live: LiveDatabase) -> sa.Select[Any]:
    """Select the rows that have no parent; all that have one where the parent table is new."""
    columns = [column["name"] for column in live.inspector.get_columns(*blocked.table)]
    child = blocked.source(*blocked.columns, *columns)
    operation = blocked.operation
    known = live.has(operation.referent_table, operation.kw.get("referent_schema"))
    conditions = list(_orphaned(blocked, child))
    return sa.select(*child.c).where(*(conditions if known else conditions[:-1]))

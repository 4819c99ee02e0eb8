"""Duplicates? Columns become unique, but rows have the same values. One row of each is kept.

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

KIND = "duplicates"
ORDERS: tuple[Value, ...] = (("first",), ("last",))


def ask(upgrade: ops.UpgradeOps, live: LiveDatabase) -> Iterator[Question]:
    """Ask about each unique constraint, and each unique index of columns, with duplicate values."""
    for blocked in blocked_in(upgrade, live, "unique"):
        yield _question(blocked, live)


def apply(upgrade: ops.UpgradeOps, question: Question, value: Value, live: LiveDatabase) -> None:
    """Delete all but one of the rows with the same values, before the constraint is made."""
    if value == STOP:
        return
    blocked = blocked_about(upgrade, live, "unique", question.about)
    keys = blocked.keys()
    table = blocked.source(*keys, *blocked.columns)
    gone = _gone(blocked, value[0]).subquery("surplus")
    key = sa.tuple_(*(table.c[name] for name in keys)) if len(keys) > 1 else table.c[keys[0]]
    delete = sa.delete(table).where(key.in_(sa.select(*(gone.c[name] for name in keys))))
    number = count(_number(blocked, value[0], live), "row")
    note = (
        f"Of the rows with the same {', '.join(blocked.columns)}, the {value[0]} is kept: {number} "
        f"of {blocked.table[0]} deleted. The downgrade cannot undo that."
    )
    settle(upgrade, blocked, note, sql(delete, live))


def _question(blocked: Blocked, live: LiveDatabase) -> Question:
    about = blocked.about
    choices, evidence = [], [str(blocked.violations)]
    keys = blocked.keys()
    if keys and _of_columns(blocked) and not blocked.is_renamed:
        refers = {value: referring(blocked, _gone(blocked, value[0]), live) for value in ORDERS}
        for value in ORDERS:
            if not refers[value]:
                number = count(_number(blocked, value[0], live), "row")
                label = (
                    f"keep the {value[0]} row of each value (by {', '.join(keys)}), delete {number}"
                )
                call = f"candidate.duplicates({about!r}, keep={value[0]!r})"
                choices.append(Choice(label, call, value))
        evidence += dict.fromkeys(said for found in refers.values() for said in found)
    stop = Choice("stop, and fix the rows first", f"candidate.duplicates({about!r})", STOP)
    return Question(
        kind=KIND,
        about=about,
        sentence=f"`{about}` becomes unique. Which of the rows with the same value should be kept?",
        evidence=tuple(evidence),
        choices=(*choices, stop),
        change=f"unique {about}",
        default=STOP,
    )


def _of_columns(blocked: Blocked) -> bool:
    """Say whether the constraint is one of columns, of all rows."""
    operation = blocked.operation
    if isinstance(operation, ops.CreateUniqueConstraintOp):
        return not operation.kw.get("postgresql_nulls_not_distinct")
    index = operation.to_index()
    conditions = (option for name, option in index.dialect_kwargs.items() if "_where" in name)
    plain = all(isinstance(part, sa.Column) for part in index.expressions)
    return plain and not any(condition is not None for condition in conditions)


def _gone(blocked: Blocked, kept: str) -> sa.Select[Any]:
    """Select the rows that go; only windows tell which row of a value is the first."""
    keys = blocked.keys()
    table = blocked.source(*keys, *blocked.columns)
    order = [table.c[name].desc() if kept == "last" else table.c[name] for name in keys]
    values = [table.c[name] for name in blocked.columns]
    place = sa.func.row_number().over(partition_by=values, order_by=order)
    numbered = sa.select(*table.c, place.label("schema_lab_place"))
    ordered = numbered.where(*(value.is_not(None) for value in values)).subquery("numbered")
    wanted = [ordered.c[column.name] for column in table.c]
    return sa.select(*wanted).where(ordered.c.schema_lab_place > 1)


def _number(blocked: Blocked, kept: str, live: LiveDatabase) -> int:
    query = sa.select(sa.func.count()).select_from(_gone(blocked, kept).subquery("surplus"))
    return int(live.connection.scalar(query) or 0)

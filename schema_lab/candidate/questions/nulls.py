"""Nulls? A column gets a server default, which only new rows receive; existing NULLs stay.

A column whose type changes too is not asked about, since the cast decides which values are NULL. A
column that becomes NOT NULL is a matter of `fill`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from alembic.operations import ops

from schema_lab.candidate.questions.live_database import LiveDatabase, altered, live_name
from schema_lab.candidate.questions.question import Choice, Question, Value
from schema_lab.candidate.render.script import NoteOp, StatementOp
from schema_lab.compare.operations import describe
from schema_lab.schema.sql_text import sql_of
from schema_lab.schema.words import default_text, full_name

KIND = "nulls"
KEEP: Value = ("keep",)
FILL: Value = ("fill",)


@dataclass(frozen=True)
class _Defaulted:
    """A nullable column with NULLs that gets its first server default."""

    container: ops.ModifyTableOps
    operation: ops.AlterColumnOp
    rows: int
    empty: int

    @property
    def about(self) -> str:
        table = full_name(self.operation.table_name, self.operation.schema)
        return f"{table}.{self.operation.column_name}"


def ask(upgrade: ops.UpgradeOps, live: LiveDatabase) -> Iterator[Question]:
    """Ask about each column with NULLs that gets a server default."""
    for target in _defaulted(upgrade, live):
        yield _question(target, live.dialect)


def apply(upgrade: ops.UpgradeOps, question: Question, value: Value, live: LiveDatabase) -> None:
    """Fill the NULLs with the default, after the column got it."""
    if value == KEEP:
        return
    target = next(one for one in _defaulted(upgrade, live) if one.about == question.about)
    operation = target.operation
    default = operation.modify_server_default.arg
    given = sa.literal(default, sa.String()) if isinstance(default, str) else default
    column: sa.ColumnClause[Any] = sa.column(operation.column_name)
    table = sa.table(operation.table_name, column, schema=operation.schema)
    update = sa.update(table).values({column: given}).where(column.is_(None))
    text = default_text(operation.modify_server_default, live.dialect)
    place = upgrade.ops.index(target.container) + 1
    upgrade.ops[place:place] = [
        NoteOp(f"NULLs of {target.about} are filled with its new server default, {text}."),
        StatementOp(sql_of(update, live.dialect)),
    ]


def _defaulted(upgrade: ops.UpgradeOps, live: LiveDatabase) -> Iterator[_Defaulted]:
    for container, operation in altered(upgrade):
        if not _gets_default(operation):
            continue
        place, name = (operation.table_name, operation.schema), live_name(upgrade, operation)
        if live.has(*place, [name]):
            rows = live.rows(*place)
            empty = rows - live.values(*place, name)
            if empty:
                yield _Defaulted(container, operation, rows, empty)


def _gets_default(operation: ops.AlterColumnOp) -> bool:
    """Say whether a column that allows NULL had no default, and gets a plain one."""
    if operation.modify_type is not None or operation.modify_nullable is False:
        return False
    first = operation.existing_server_default in (None, False)
    plain = isinstance(operation.modify_server_default, sa.DefaultClause)
    return first and plain and bool(operation.existing_nullable)


def _question(target: _Defaulted, dialect: sa.Dialect) -> Question:
    text = default_text(target.operation.modify_server_default, dialect)
    nulls = "NULL" if target.empty == 1 else f"{target.empty} NULLs"
    share = "The only value" if target.rows == 1 else f"{target.empty} of {target.rows} values"
    return Question(
        kind=KIND,
        about=target.about,
        sentence=(
            f"`{target.about}` gets the server default {text}, which only new rows receive. "
            f"Should its {nulls} get it too?"
        ),
        evidence=(f"{share} of `{target.about}` {'is' if target.empty == 1 else 'are'} NULL.",),
        choices=(
            Choice("keep NULL", f"candidate.nulls({target.about!r})", KEEP),
            Choice("fill with the default", f"candidate.nulls({target.about!r}, fill=True)", FILL),
        ),
        change="; ".join(item.sentence for item in describe(target.operation, dialect)),
        default=KEEP,
    )

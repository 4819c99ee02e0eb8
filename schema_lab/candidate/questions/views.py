"""Views? A table or a column is dropped that views read: the views can be dropped with it.

PostgreSQL and SQLite refuse to drop such a column. MariaDB drops it, and the view then fails.
"""

from collections.abc import Iterator
from typing import Any

from alembic.operations import ops

from schema_lab.candidate.questions.live_database import LiveDatabase
from schema_lab.candidate.questions.question import Choice, Question, Value
from schema_lab.candidate.render.script import NoteOp, StatementOp
from schema_lab.candidate.rewrite.enum_types import opened
from schema_lab.schema.reflection.views import View, once_each, views_in
from schema_lab.schema.words import full_name

KIND = "views"
DROP: Value = ("drop",)


def ask(upgrade: ops.UpgradeOps, live: LiveDatabase) -> Iterator[Question]:
    """Ask about each dropped table and column that a view reads."""
    for about, views in _read(upgrade, live).items():
        names = ", ".join(f"`{view.name}`" for view in sorted(views, key=lambda view: view.name))
        several = len(views) > 1
        yield Question(
            kind=KIND,
            about=about,
            sentence=f"{names} {'read' if several else 'reads'} `{about}`, which is dropped. "
            f"Should {'these views' if several else 'this view'} be dropped too?",
            evidence=tuple(
                dict.fromkeys(f"`{view.name}`: {view.why}." for view in views if view.why)
            ),
            choices=(
                Choice(
                    f"drop {'them' if several else 'it'} (the downgrade creates "
                    f"{'them' if several else 'it'} again)",
                    f"candidate.drop_views({about!r})",
                    DROP,
                ),
            ),
            change=f"drop {about}: {names}",
            must=True,
        )


def apply(upgrade: ops.UpgradeOps, question: Question, value: Value, live: LiveDatabase) -> None:
    """Drop the views before all else; the downgrade creates them again last."""
    views = _read(upgrade, live)[question.about]
    names, verb = ", ".join(view.name for view in views), "read" if len(views) > 1 else "reads"
    drops: list[ops.MigrateOperation] = [
        StatementOp(drop, make) for view in views for drop, make in view.statements
    ]
    note = NoteOp(f"Dropped with {question.about}, which {names} {verb}.")
    upgrade.ops[:0] = [note, *drops]


def dropped_already(upgrade: ops.UpgradeOps) -> set[str]:
    """Give the statements of the script that drop something."""
    return {operation.sql for operation in upgrade.ops if isinstance(operation, StatementOp)}


def _read(upgrade: ops.UpgradeOps, live: LiveDatabase) -> dict[str, list[View]]:
    gone = list(_dropped(upgrade))
    if not gone:
        return {}
    already, found = dropped_already(upgrade), views_in(live.connection)
    result: dict[str, list[View]] = {}
    for place, column in gone:
        readers = once_each(view for view in found if view.reads(place, column))
        left = [view for view in readers if view.statements[-1][0] not in already]
        if left:
            table = full_name(place[1], place[0])
            result[f"{table}.{column}" if column else table] = left
    return result


def _dropped(upgrade: ops.UpgradeOps) -> Iterator[tuple[tuple[str | None, str], str | None]]:
    operations: Iterator[Any] = opened(upgrade.ops)
    for operation in operations:
        if isinstance(operation, ops.DropTableOp):
            yield (operation.schema, operation.table_name), None
        elif isinstance(operation, ops.DropColumnOp):
            yield (operation.schema, operation.table_name), str(operation.column_name)

"""Views that read what a script changes: dropped before, and created again after.

PostgreSQL refuses to change the type of a column that a view reads; SQLite refuses a table's copy
under a view: https://www.postgresql.org/docs/current/sql-altertable.html
"""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext

from schema_lab.candidate.questions.asking import asks
from schema_lab.candidate.questions.views import dropped_already
from schema_lab.candidate.render.script import StatementOp
from schema_lab.candidate.rewrite.enum_types import opened
from schema_lab.compare.whole_operations import AlterTableOp
from schema_lab.errors import ModelError
from schema_lab.schema.reflection.views import View, once_each, views_in


def with_views(
    context: MigrationContext, revision: Any, directives: list[ops.MigrationScript]
) -> None:
    """Drop the views that are in the way before each script, and create them again after it.

    A `process_revision_directives` function; changes the directives in place.

    Raises
    ------
    ModelError
        For a candidate, where a view would lose something when it is created again.
    """
    if context.connection is None:
        return
    for script in directives:
        pairs = zip(script.upgrade_ops_list, script.downgrade_ops_list, strict=True)
        for upgrade, downgrade in pairs:
            changed = list(_changed(upgrade, context.dialect))
            if not changed:
                continue
            already, every = dropped_already(upgrade), views_in(context.connection)
            found = [
                view
                for view in once_each(v for v in every if any(v.reads(*what) for what in changed))
                if view.statements[-1][0] not in already
            ]
            stuck = next((view for view in found if view.why), None)
            if stuck is not None and asks(context, script):
                raise ModelError(
                    f"`{stuck.name}` reads what this migration changes. If the view were dropped "
                    f"and created again, {stuck.why}.",
                    "Drop the view in an earlier revision, and create it again in a later one.",
                )
            known = [view for view in found if not view.why]
            for container in (upgrade, downgrade):
                container.ops = [*_dropped(known), *container.ops, *_created(known)]


def _dropped(views: list[View]) -> Iterator[StatementOp]:
    return (StatementOp(drop) for view in views for drop, _ in view.statements)


def _created(views: list[View]) -> Iterator[StatementOp]:
    for view in reversed(views):
        yield from (StatementOp(make) for _, make in reversed(view.statements))


def _changed(
    upgrade: ops.UpgradeOps, dialect: sa.Dialect
) -> Iterator[tuple[tuple[str | None, str], str | None]]:
    """Give the columns whose views are in the way; on SQLite, the tables that are copied."""
    if dialect.name == "sqlite":
        for operation in upgrade.ops:
            if isinstance(operation, ops.ModifyTableOps):
                yield (None, operation.table_name), None
    if dialect.name != "postgresql":
        return
    parts: Iterator[Any] = opened(upgrade.ops)
    for part in parts:
        if isinstance(part, ops.AlterColumnOp) and part.modify_type is not None:
            yield (part.schema, part.table_name), str(part.column_name)
        elif isinstance(part, AlterTableOp) and part.what == "computed":
            yield (part.schema, part.table_name), part.column

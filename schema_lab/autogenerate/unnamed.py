"""Constraints without a name: a script gives them one, so that it can drop what it made.

A database names such a constraint itself, or not at all (SQLite). The names here are those of the
naming convention: https://alembic.sqlalchemy.org/en/latest/naming.html
"""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic.autogenerate import renderers
from alembic.autogenerate.api import AutogenContext
from alembic.autogenerate.render import _render_modify_table
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext
from sqlalchemy.sql.elements import conv

from schema_lab.models.naming import NAMING_CONVENTION

REMEDY = {kind: NAMING_CONVENTION[kind] for kind in ("uq", "fk")}
"""What a batch calls SQLite's unnamed constraints, so that it can drop one by that name."""


class Unnamed(conv):
    """What stands for the name of a constraint that has none, until a script gives it one."""


class NamingTableOps(ops.ModifyTableOps):
    """Operations of a table whose unnamed constraints are named while it is copied."""


def with_names(
    context: MigrationContext, revision: Any, directives: list[ops.MigrationScript]
) -> None:
    """Name each unnamed constraint that a script adds to or drops from a table.

    A `process_revision_directives` function; changes the directives in place.
    """
    for script in directives:
        for container in (*script.upgrade_ops_list, *script.downgrade_ops_list):
            container.ops = [_named(one, context.dialect) for one in container.ops]


def _named(operation: Any, dialect: sa.Dialect) -> Any:
    if not isinstance(operation, ops.ModifyTableOps):
        return operation
    unnamed = list(_unnamed(operation))
    for one in unnamed:
        one.constraint_name = _name(one.to_constraint(), dialect)
    if not any(isinstance(one, ops.DropConstraintOp) for one in unnamed):
        return operation
    return NamingTableOps(operation.table_name, operation.ops, schema=operation.schema)


def _unnamed(table: ops.ModifyTableOps) -> Iterator[Any]:
    for one in table.ops:
        added = isinstance(one, ops.CreateUniqueConstraintOp | ops.CreateForeignKeyOp)
        dropped = isinstance(one, ops.DropConstraintOp) and one.constraint_type in (
            "unique",
            "foreignkey",
        )
        name = getattr(one, "constraint_name", None)
        if (added or dropped) and (not name or isinstance(name, Unnamed)):
            yield one


def _name(constraint: Any, dialect: sa.Dialect) -> str:
    parts = {
        "table_name": constraint.table.name,
        "column_0_N_name": "_".join(column.name for column in constraint.columns),
    }
    kind = "uq"
    if isinstance(constraint, sa.ForeignKeyConstraint):
        kind, parts["referred_table_name"] = "fk", constraint.referred_table.name
    final = dialect.identifier_preparer.truncate_and_render_constraint_name
    return conv(final(conv(REMEDY[kind] % parts), _alembic_quote=False))


@renderers.dispatch_for(NamingTableOps)
def _render(context: AutogenContext, operation: NamingTableOps) -> list[str]:
    lines = _render_modify_table(context, operation)
    if lines and context.opts.get("render_as_batch"):
        table, schema = operation.table_name, operation.schema
        lines[0] = (
            f"with op.batch_alter_table({table!r}, schema={schema!r}, "
            f"naming_convention={REMEDY!r}) as batch_op:"
        )
    return lines

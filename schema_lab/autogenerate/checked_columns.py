"""CHECKs that name a column which is dropped: dropped before it, and made again on the way back.

PostgreSQL and MariaDB drop them silently, so that a downgrade would leave them out; SQLite, and
MariaDB where the CHECK names two columns, refuse to drop the column.
"""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext
from sqlalchemy.sql.elements import conv

from schema_lab.autogenerate.implied_indexes import tables_in
from schema_lab.autogenerate.members.checks import columns_named
from schema_lab.database import as_text


def with_checks_of_dropped_columns(
    context: MigrationContext, revision: Any, directives: list[ops.MigrationScript]
) -> None:
    """Complete a script (a `process_revision_directives` function); changes it in place."""
    if context.connection is None:
        return
    inspector = sa.inspect(context.connection)
    for script in directives:
        backwards = list(tables_in(script.downgrade_ops_list))
        for table in tables_in(script.upgrade_ops_list):
            for name, condition in _named(inspector, table, context.dialect.name):
                place = table.schema
                drop = ops.DropConstraintOp(name, table.table_name, "check", schema=place)
                table.ops.insert(0, drop)
                for back in backwards:
                    if (back.table_name, back.schema) == (table.table_name, table.schema):
                        text = sa.text(as_text(condition))
                        back.ops.append(
                            ops.CreateCheckConstraintOp(name, table.table_name, text, schema=place)
                        )


def _named(
    inspector: sa.Inspector, table: ops.ModifyTableOps, dialect: str
) -> Iterator[tuple[str, str]]:
    """Give name and condition of the live CHECKs on what is dropped, less those dropped already."""
    dropped = {one.column_name for one in table.ops if isinstance(one, ops.DropColumnOp)}
    gone = {one.constraint_name for one in table.ops if isinstance(one, ops.DropConstraintOp)}
    if not dropped or not inspector.has_table(table.table_name, schema=table.schema):
        return
    for one in inspector.get_check_constraints(table.table_name, schema=table.schema):
        condition = str(one["sqltext"])
        if one["name"] and one["name"] not in gone and dropped & columns_named(condition, dialect):
            yield conv(one["name"]), condition  # it is the whole name, whatever the convention

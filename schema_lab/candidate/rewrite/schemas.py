"""PostgreSQL's schemas: created before the first table or type in them, dropped after the last."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext

from schema_lab.candidate.render.script import StatementOp
from schema_lab.candidate.rewrite.enum_types import CreateTypeOp, columns_made, opened
from schema_lab.candidate.rewrite.members.finding import enum_in


def with_schemas(
    context: MigrationContext, revision: Any, directives: list[ops.MigrationScript]
) -> None:
    """Create the schemas that the upgrade needs and the database lacks.

    The downgrade drops them; PostgreSQL refuses to drop a schema in which something else is. A
    `process_revision_directives` function; changes the directives in place.
    """
    if context.dialect.name != "postgresql" or context.connection is None:
        return
    for script in directives:
        for upgrade, downgrade in zip(
            script.upgrade_ops_list, script.downgrade_ops_list, strict=True
        ):
            needed = sorted(set(_needed(upgrade)))
            if not needed:
                continue
            live = set(sa.inspect(context.connection).get_schema_names())
            quote = context.dialect.identifier_preparer.quote
            for name in needed:
                if name not in live:
                    upgrade.ops.insert(0, StatementOp(f"CREATE SCHEMA {quote(name)}"))
                    if name != context.version_table_schema:
                        downgrade.ops.append(StatementOp(f"DROP SCHEMA {quote(name)}"))


def _needed(upgrade: ops.UpgradeOps) -> Iterator[str]:
    for operation in opened(upgrade.ops):
        if isinstance(operation, CreateTypeOp) and operation.type.schema:
            yield operation.type.schema
        if isinstance(operation, ops.CreateTableOp):
            types = (enum_in(column.type) for column in columns_made(operation))
            schemas = (operation.schema, *(type_.schema for type_ in types if type_ is not None))
            yield from (schema for schema in schemas if schema)

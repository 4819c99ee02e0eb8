"""The live database as questions see it: tables, counts, and names before the upgrade. Read-only.

An upgrade may rename a table or a column; the live database knows it by the former name.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from alembic.autogenerate.api import AutogenContext
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext


@dataclass(frozen=True)
class LiveDatabase:
    """The database before the migration, and the context that compared it."""

    context: MigrationContext
    former: dict[tuple[str, str | None], str] = field(default_factory=dict)
    """The former names of the tables that the upgrade renames, by (new name, schema)."""

    @property
    def connection(self) -> sa.Connection:
        """The connection, which is used only to read."""
        assert self.context.connection is not None
        return self.context.connection

    @property
    def dialect(self) -> sa.Dialect:
        """The dialect of the live database."""
        return self.context.dialect

    @cached_property
    def inspector(self) -> sa.Inspector:
        """SQLAlchemy's inspector, which caches what it reads."""
        return sa.inspect(self.connection)

    @cached_property
    def autogen(self) -> AutogenContext:
        """Alembic's autogenerate context, which knows the models."""
        return AutogenContext(self.context, self.context.opts["target_metadata"])

    def named(self, table: str, schema: str | None) -> str:
        """Give the name of a table before the upgrade."""
        return self.former.get((table, schema), table)

    def has(self, table: str, schema: str | None, columns: Iterable[str] = ()) -> bool:
        """Say whether a table exists, with these columns."""
        table = self.named(table, schema)
        if not self.inspector.has_table(table, schema=schema):
            return False
        return set(columns) <= {
            found["name"] for found in self.inspector.get_columns(table, schema)
        }

    def rows(self, table: str, schema: str | None) -> int:
        """Count the rows of a table."""
        named = sa.table(self.named(table, schema), schema=schema)
        counted = sa.select(sa.func.count()).select_from(named)
        return self.connection.scalar(counted) or 0

    def values(self, table: str, schema: str | None, column: str) -> int:
        """Count the values of a column that are not NULL."""
        named = sa.table(self.named(table, schema), sa.column(column), schema=schema)
        return self.connection.scalar(sa.select(sa.func.count(named.c[column]))) or 0

    def model(self, table: str, schema: str | None) -> sa.Table | None:
        """Give the table of that name in the models, if any."""
        metadata: Any = self.context.opts["target_metadata"]
        parts = metadata if isinstance(metadata, list | tuple) else [metadata]
        key = f"{schema}.{table}" if schema else table
        return next(
            (part.tables[key] for part in parts if part is not None and key in part.tables), None
        )


Alteration = tuple[ops.ModifyTableOps, ops.AlterColumnOp]


def altered(upgrade: ops.UpgradeOps) -> Iterator[Alteration]:
    """Give each altered column with the operations of its table."""
    for container in upgrade.ops:
        if isinstance(container, ops.ModifyTableOps):
            for operation in container.ops:
                if isinstance(operation, ops.AlterColumnOp):
                    yield container, operation


def former_column(upgrade: ops.UpgradeOps, table: str, schema: str | None, column: str) -> str:
    """Give the name of a column before the upgrade."""
    for _, operation in altered(upgrade):
        same_table = (operation.table_name, operation.schema) == (table, schema)
        if same_table and operation.modify_name == column:
            return operation.column_name
    return column


def live_name(upgrade: ops.UpgradeOps, operation: ops.AlterColumnOp) -> str:
    """Give the name of an altered column before the upgrade."""
    return former_column(upgrade, operation.table_name, operation.schema, operation.column_name)

"""The live database as questions see it: facts and counts, each asked for once. Read-only."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from alembic.autogenerate.api import AutogenContext
from alembic.runtime.migration import MigrationContext


@dataclass(frozen=True)
class Live:
    """The database before the migration, and the context that compared it."""

    context: MigrationContext
    former: dict[tuple[str, str | None], str] = field(default_factory=dict)
    """What a table that the upgrade renames is called before it, by (new name, schema)."""

    @property
    def connection(self) -> sa.Connection:
        """The connection to ask; nothing on it changes anything."""
        assert self.context.connection is not None
        return self.context.connection

    @property
    def dialect(self) -> sa.Dialect:
        """The live database's dialect."""
        return self.context.dialect

    @cached_property
    def inspector(self) -> sa.Inspector:
        """SQLAlchemy's inspector; it remembers what it has read."""
        return sa.inspect(self.connection)

    @cached_property
    def autogen(self) -> AutogenContext:
        """Alembic's context of autogenerate, which knows the models."""
        return AutogenContext(self.context, self.context.opts["target_metadata"])

    def named(self, table: str, schema: str | None) -> str:
        """Give a table's name before the upgrade."""
        return self.former.get((table, schema), table)

    def has(self, table: str, schema: str | None, columns: Iterable[str] = ()) -> bool:
        """Say whether a table and columns of it are there."""
        table = self.named(table, schema)
        if not self.inspector.has_table(table, schema=schema):
            return False
        return set(columns) <= {one["name"] for one in self.inspector.get_columns(table, schema)}

    def rows(self, table: str, schema: str | None) -> int:
        """Count a table's rows."""
        named = sa.table(self.named(table, schema), schema=schema)
        counted = sa.select(sa.func.count()).select_from(named)
        return self.connection.scalar(counted) or 0

    def values(self, table: str, schema: str | None, column: str) -> int:
        """Count a column's values that are not NULL."""
        named = sa.table(self.named(table, schema), sa.column(column), schema=schema)
        return self.connection.scalar(sa.select(sa.func.count(named.c[column]))) or 0

    def model(self, table: str, schema: str | None) -> sa.Table | None:
        """Give the model's table of that name, if there is one."""
        metadata: Any = self.context.opts["target_metadata"]
        parts = metadata if isinstance(metadata, list | tuple) else [metadata]
        key = f"{schema}.{table}" if schema else table
        return next(
            (one.tables[key] for one in parts if one is not None and key in one.tables), None
        )

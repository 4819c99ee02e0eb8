"""The demands of an operation: what a migration requires of the rows that are there. Read-only.

An operation names tables and columns as they are called after the operations before it; the rows
have the names of before the migration. `LiveTables` knows both.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, singledispatchmethod
from typing import Any

import sqlalchemy as sa
from alembic.operations import ops

from schema_lab.rows import demand as demands
from schema_lab.rows.casts import demands_of_cast
from schema_lab.rows.demand import Demand, TableName, table_of
from schema_lab.rows.using import using_of
from schema_lab.schema.truth import as_truth, truths
from schema_lab.schema.words import TableKey


@dataclass(frozen=True)
class LiveTables:
    """The tables as they are before a migration, found by the names that the migration uses.

    `tables` and `columns` give the former name of what the migration renames.
    """

    connection: sa.Connection
    tables: Mapping[TableName, str] = field(default_factory=dict)
    columns: Mapping[tuple[TableName, str], str] = field(default_factory=dict)

    @classmethod
    def before(
        cls, operations: Iterable[ops.MigrateOperation], connection: sa.Connection
    ) -> "LiveTables":
        """Read which tables and columns the operations rename."""
        every = list(opened(operations))
        tables = {
            (operation.new_table_name, operation.schema): operation.table_name
            for operation in every
            if isinstance(operation, ops.RenameTableOp)
        }
        columns = {
            ((operation.table_name, operation.schema), operation.modify_name): operation.column_name
            for operation in every
            if isinstance(operation, ops.AlterColumnOp) and operation.modify_name
        }
        return cls(connection, tables, columns)

    @cached_property
    def inspector(self) -> sa.Inspector:
        """SQLAlchemy's inspector; it remembers what it has read."""
        return sa.inspect(self.connection)

    def table(self, name: TableName) -> TableName:
        """Give a table's name before the migration."""
        return self.tables.get(name, name[0]), name[1]

    def column(self, table: TableName, column: str) -> str:
        """Give a column's name before the migration."""
        return self.columns.get((table, column), column)

    def types(self, table: TableName) -> Mapping[str, Any]:
        """Give the types of a table's columns by their live names; none for a new table."""
        live = self.table(table)
        if not self.inspector.has_table(live[0], schema=live[1]):
            return {}
        columns = self.inspector.get_columns(live[0], live[1])
        return {str(column["name"]): column["type"] for column in columns}

    def has(self, table: TableName, columns: Iterable[str]) -> bool:
        """Say whether the table and the columns are there before the migration."""
        types = self.types(table)
        return bool(types) and {self.column(table, name) for name in columns} <= set(types)

    def truthful(
        self, table: TableName, names: Sequence[str], rows: Iterable[Sequence[Any]]
    ) -> list[list[Any]]:
        """Show 1 and 0 as True and False in the columns that hold truth."""
        name, schema = self.table(table)
        columns = self.inspector.get_columns(name, schema)
        return as_truth(names, rows, truths(TableKey(schema, name), columns))

    @singledispatchmethod
    def demands_of(
        self, operation: ops.MigrateOperation, *, kept_aside: bool = True
    ) -> Iterator[tuple[TableName, Demand]]:
        """Give what an operation requires of rows, each with the table that has them.

        `kept_aside` is as for `demands_of_cast`. NOT NULL, for which a candidate asks for a
        value, is left out: `schema_lab.rows.demand.not_null` has it.
        """
        yield from ()

    @demands_of.register
    def _(
        self, operation: ops.AlterColumnOp, *, kept_aside: bool = True
    ) -> Iterator[tuple[TableName, Demand]]:
        table = (operation.table_name, operation.schema)
        name = self.column(table, operation.column_name)
        types = self.types(table)
        if operation.modify_type is None or name not in types:
            return
        before = types[name] if operation.existing_type is None else operation.existing_type
        for demand in demands_of_cast(
            name, before, operation.modify_type, self.connection.dialect, kept_aside=kept_aside
        ):
            named = replace(demand, columns=(operation.column_name,))
            if demand.violated is None:
                named = replace(named, using=self._using(operation, name, before))
            yield table, named

    def _using(self, operation: ops.AlterColumnOp, name: str, before: Any) -> str:
        """Give PostgreSQL's cast of the live column."""
        given = operation.kw.get("postgresql_using")
        if given and name == operation.column_name:
            return str(given)
        quoted = self.connection.dialect.identifier_preparer.quote(name)
        return using_of(name, before, operation.modify_type) or quoted

    @demands_of.register
    def _(
        self, operation: ops.CreateUniqueConstraintOp, **_: Any
    ) -> Iterator[tuple[TableName, Demand]]:
        table, names = (operation.table_name, operation.schema), list(operation.columns)
        if self.has(table, names):
            strict = operation.kw.get("postgresql_nulls_not_distinct", False)
            source, keys = self._named(table, names)
            yield table, demands.unique(source, keys, names, nulls_count=bool(strict))

    @demands_of.register
    def _(self, operation: ops.CreateIndexOp, **_: Any) -> Iterator[tuple[TableName, Demand]]:
        table, index = (operation.table_name, operation.schema), operation.to_index()
        parts = [expression(part) for part in index.expressions]
        if not operation.unique or not self.has(table, map(str, columns_in(*parts))):
            return
        options = index.dialect_options[self.connection.dialect.name]
        source, _columns = self._named(table, [])
        yield (
            table,
            demands.unique(
                source,
                [self._live_names(table, part) for part in parts],
                [part.name if isinstance(part, sa.Column) else str(part) for part in parts],
                nulls_count=bool(options.get("nulls_not_distinct")),
                condition=self._live_names(table, options.get("where")),
            ),
        )

    @demands_of.register
    def _(self, operation: ops.CreateForeignKeyOp, **_: Any) -> Iterator[tuple[TableName, Demand]]:
        table = (operation.source_table, operation.kw.get("source_schema"))
        parent = (operation.referent_table, operation.kw.get("referent_schema"))
        names, remote = list(operation.local_cols), list(operation.remote_cols)
        if not self.has(table, names):
            return
        known = self.has(parent, remote)
        keys = [self.column(parent, name) for name in remote] if known else None
        source, columns = self._named(table, names)
        live = self.table(parent)
        yield table, demands.foreign_key(source, columns, names, live, keys, called=parent)

    @demands_of.register
    def _(
        self, operation: ops.CreateCheckConstraintOp, **_: Any
    ) -> Iterator[tuple[TableName, Demand]]:
        table = (operation.table_name, operation.schema)
        condition = condition_of(operation.condition)
        if self.has(table, map(str, columns_in(condition))):
            name = str(operation.constraint_name or "")
            yield table, demands.check(name, self._live_names(table, condition))

    def _named(
        self, table: TableName, columns: Iterable[str]
    ) -> tuple[sa.FromClause, list[sa.ColumnElement[Any]]]:
        return table_of(self.table(table), [self.column(table, name) for name in columns])

    def _live_names(self, table: TableName, part: Any) -> Any:
        """Name the columns of an expression as they are called before the migration."""
        if not isinstance(part, sa.ClauseElement):
            return part

        def replaced(element: Any, **_: Any) -> Any:
            if isinstance(element, sa.Column):
                return sa.column(self.column(table, element.name), element.type)
            return None

        return sa.sql.visitors.replacement_traverse(part, {}, replaced)


def opened(operations: Iterable[ops.MigrateOperation]) -> Iterator[ops.MigrateOperation]:
    """Open the batches."""
    for operation in operations:
        if isinstance(operation, ops.OpContainer):
            yield from opened(operation.ops)
        else:
            yield operation


def expression(part: Any) -> Any:
    """Take text as SQL, word for word."""
    return sa.literal_column(part.text) if isinstance(part, sa.TextClause) else part


def condition_of(given: Any) -> Any:
    """Read the condition of a CHECK, which a script gives as text."""
    text = given if isinstance(given, str) else getattr(given, "text", None)
    return given if text is None else sa.literal_column(f"({text})")


def columns_in(*parts: Any) -> list[str]:
    """List the columns that expressions name; text names none."""
    return [
        str(element.name)
        for part in parts
        for element in sa.sql.visitors.iterate(part)
        if isinstance(element, sa.Column)
    ]

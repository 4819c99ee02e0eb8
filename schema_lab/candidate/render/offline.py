"""The SQL of a candidate's code on any dialect, without a server.

The operations are rendered as code for the dialect, and this code runs in Alembic's offline mode,
so that the SQL shown is the SQL of the script. SQLite's batch mode copies a table, so the table
after each operation is computed.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from io import StringIO
from typing import Any

import sqlalchemy as sa
from alembic.autogenerate import render_python_code
from alembic.operations import Operations, ops
from alembic.runtime.migration import MigrationContext
from sqlalchemy.dialects import mysql, postgresql, sqlite

from schema_lab.candidate.rewrite.native import flattened
from schema_lab.compare.implementations import compare_with_ours
from schema_lab.compat.sqlalchemy_private import copied
from schema_lab.errors import InputError
from schema_lab.schema.sql_text import render_word_for_word


def table_after(operation: Any, live: sa.Table) -> sa.Table:
    """Give a table after an operation.

    Examples
    --------
    >>> users = sa.Table("users", sa.MetaData(), sa.Column("id"), sa.Column("plan"))
    >>> table_after(ops.DropColumnOp("users", "plan"), users).columns.keys()
    ['id']
    """
    if isinstance(operation, ops.RenameTableOp):
        return live.to_metadata(sa.MetaData(), name=operation.new_table_name)
    if isinstance(operation, ops.CreateIndexOp | ops.DropIndexOp):
        return _with_indexes(operation, live)
    columns = [copied(column) for column in live.columns]
    names = {column.name: column.name for column in live.columns}
    if isinstance(operation, ops.AddColumnOp):
        columns.append(copied(operation.column))
    elif isinstance(operation, ops.DropColumnOp):
        names.pop(operation.column_name, None)
        columns = [column for column in columns if column.name in names]
    elif isinstance(operation, ops.AlterColumnOp) and operation.modify_name is not None:
        names[operation.column_name] = operation.modify_name
        for column in columns:
            column.name = column.key = names[column.name]
    else:
        return live
    constraints = (copied(constraint) for constraint in live.constraints if _stays(constraint))
    table = sa.Table(live.name, sa.MetaData(), *columns, *constraints, schema=live.schema)
    for index in live.indexes:
        _copied(index, table, names)
    return table


def _with_indexes(operation: ops.CreateIndexOp | ops.DropIndexOp, live: sa.Table) -> sa.Table:
    table = live.to_metadata(sa.MetaData())
    if isinstance(operation, ops.CreateIndexOp):
        _copied(operation.to_index(), table, {column.name: column.name for column in table.columns})
    else:
        table.indexes -= {index for index in table.indexes if index.name == operation.index_name}
    return table


def _copied(index: sa.Index, table: sa.Table, names: dict[str, str]) -> None:
    """Add an index to a table, if the table has all its columns."""
    parts: list[Any] = [
        names.get(term.name) if isinstance(term, sa.Column) else term for term in index.expressions
    ]
    if all(part is not None for part in parts):
        made = sa.Index(
            index.name,
            *(table.c[part] if isinstance(part, str) else part for part in parts),
            unique=index.unique,
            **index.dialect_kwargs,
        )
        if made.table is None:  # nothing but SQL, which names no table
            table.append_constraint(made)


def _stays(constraint: sa.Constraint) -> bool:
    return not isinstance(constraint, sa.PrimaryKeyConstraint)


DIALECTS = ("sqlite", "postgresql", "mariadb", "mysql")
_UNWRITABLE = (
    *(sa.exc.CompileError, NotImplementedError, NameError, AttributeError),
    *(KeyError, ValueError, sa.exc.ArgumentError),
)
LiveTables = Mapping[tuple[str, str | None], sa.Table]
"""Live tables by (name, schema)."""


class _Offline(Operations):
    """Alembic's operations, whose batch mode copies from tables that are already reflected."""

    def __init__(self, context: MigrationContext, tables: LiveTables) -> None:
        super().__init__(context)
        self._tables = dict(tables)
        make: Any = context.impl.create_table
        context.impl.create_table = partial(self._made, make)  # type: ignore[method-assign]
        self._copied: list[sa.Table] = []

    def _made(self, make: Any, table: sa.Table, **rest: Any) -> None:
        self._copied.append(table)
        make(table, **rest)

    @contextmanager
    def batch_alter_table(  # type: ignore[override]
        self, table_name: str, schema: str | None = None, **rest: Any
    ) -> Iterator[Any]:
        live = self._tables.get((table_name, schema))
        if live is not None and rest.get("naming_convention"):
            live = live.to_metadata(sa.MetaData(naming_convention=rest["naming_convention"]))
        batch = super().batch_alter_table(table_name, schema=schema, copy_from=live, **rest)
        with batch as operations:
            yield operations
        if self._copied:
            copied = self._copied.pop()
            self._tables[table_name, schema] = copied.to_metadata(sa.MetaData(), name=table_name)

    def invoke(self, operation: Any) -> Any:
        """Write the SQL of an operation, and update the table for later batches."""
        result = super().invoke(operation)
        where = getattr(operation, "table_name", ""), getattr(operation, "schema", None)
        live = self._tables.get(where)
        if isinstance(operation, ops.CreateTableOp):
            live = self._copied.pop()
        if live is not None:
            self._tables.pop(where, None)
            after = table_after(operation, live)
            self._tables[after.name, after.schema] = after
        return result


def offline_sql(
    operations: Sequence[ops.MigrateOperation],
    dialect: str,
    tables: LiveTables,
    render_item: Any,
    imports: str = "",
    before: Sequence[ops.MigrateOperation] = (),
) -> str:
    """Give the SQL of operations on a dialect. Read-only.

    Parameters
    ----------
    operations
        Alembic's operations.
    dialect
        One of "sqlite", "postgresql", "mariadb", "mysql".
    tables
        The live tables that SQLite's batch mode copies.
    render_item
        Alembic's option of this name, which renders types.
    imports
        The import lines of the script.
    before
        Operations that run first, without output. For a downgrade, this is its upgrade.

    Raises
    ------
    InputError
        When the dialect is none of these.
    """
    if dialect not in DIALECTS:
        known = ", ".join(DIALECTS)
        raise InputError(
            f"The lab does not support the dialect {dialect!r}.", f"Use one of: {known}."
        )
    batch = dialect == "sqlite"
    buffer = StringIO()
    options = {"as_sql": True, "output_buffer": buffer, "literal_binds": True}
    context = _context(dialect, options)
    rendering = _context(dialect, {})
    compare_with_ours(rendering)
    render_word_for_word(rendering)

    def code(listed: Sequence[ops.MigrateOperation]) -> str:
        body = render_python_code(
            ops.UpgradeOps(flattened(listed) if batch else list(listed)),
            render_as_batch=batch,
            render_item=render_item,
            migration_context=rendering,
        )
        return f"{imports}\ndef run():\n    {body}\nrun()\n"

    operator = _Offline(context, tables)
    try:
        if batch:
            _run(code(before), operator)
            buffer.seek(buffer.truncate(0))
        _run(code(operations), operator)
    except _UNWRITABLE as error:
        said = (str(error) or type(error).__name__).splitlines()[0]
        buffer.write(f"-- {dialect} does not support this: {said}\n")
    return buffer.getvalue().strip()


def _context(dialect: str, options: dict[str, Any]) -> MigrationContext:
    """Give a context without a driver, so that a `%` is not doubled."""
    named = {"paramstyle": "named"}
    return MigrationContext.configure(dialect_name=dialect, dialect_opts=named, opts=options)


def _run(code: str, operator: Operations) -> None:
    """Run rendered code. Its context only writes SQL, so it does not reach a database."""
    names = {
        "op": operator,
        "sa": sa,
        "sqlite": sqlite,
        "postgresql": postgresql,
        "mysql": mysql,
    }
    exec(compile(code, "<candidate>", "exec"), names)  # noqa: S102 - Alembic's own rendering

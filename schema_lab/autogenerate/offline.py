"""The SQL of a candidate's code on any dialect, without a server.

The operations are rendered as code for the dialect, and that code runs on Alembic's offline
context, so that the SQL shown is the SQL of the script.
"""

from collections.abc import Mapping, Sequence
from io import StringIO
from typing import Any

import sqlalchemy as sa
from alembic.autogenerate import render_python_code
from alembic.operations import Operations, ops
from alembic.runtime.migration import MigrationContext
from sqlalchemy.dialects import mysql, postgresql, sqlite

from schema_lab.autogenerate.native import flattened
from schema_lab.autogenerate.sql_text import render_word_for_word
from schema_lab.errors import InputError

DIALECTS = ("sqlite", "postgresql", "mariadb", "mysql")
_UNWRITABLE = (
    *(sa.exc.CompileError, NotImplementedError, NameError, AttributeError),
    *(KeyError, ValueError, sa.exc.ArgumentError),
)
LiveTables = Mapping[tuple[str, str | None], sa.Table]
"""Live tables by (name, schema)."""


class _Offline(Operations):
    """Alembic's operations, whose batch mode copies from tables that were reflected before."""

    def __init__(self, context: MigrationContext, tables: LiveTables) -> None:
        super().__init__(context)
        self._tables = dict(tables)

    def batch_alter_table(  # type: ignore[override]
        self, table_name: str, schema: str | None = None, **rest: Any
    ) -> Any:
        live = self._tables.get((table_name, schema))
        if live is not None and rest.get("naming_convention"):
            live = live.to_metadata(sa.MetaData(naming_convention=rest["naming_convention"]))
        return super().batch_alter_table(table_name, schema=schema, copy_from=live, **rest)

    def invoke(self, operation: Any) -> Any:
        """Write an operation, and know what it makes of a table that is copied after it."""
        result = super().invoke(operation)
        where = getattr(operation, "table_name", ""), getattr(operation, "schema", None)
        live = self._tables.get(where)
        if live is not None:
            self._tables.pop(where)
            after = _after(operation, live)
            self._tables[after.name, after.schema] = after
        return result


def _after(operation: Any, live: sa.Table) -> sa.Table:
    """Give a live table as it is after an operation outside of a batch."""
    if isinstance(operation, ops.RenameTableOp):
        return live.to_metadata(sa.MetaData(), name=operation.new_table_name)
    columns = [one._copy() for one in live.columns]
    if isinstance(operation, ops.AddColumnOp):
        columns.append(operation.column._copy())
    elif isinstance(operation, ops.DropColumnOp):
        columns = [one for one in columns if one.name != operation.column_name]
    elif isinstance(operation, ops.AlterColumnOp) and operation.modify_name is not None:
        for one in columns:
            if one.name == operation.column_name:
                one.name = one.key = operation.modify_name
    else:
        return live
    constraints = (one._copy() for one in live.constraints if _named(one))
    return sa.Table(live.name, sa.MetaData(), *columns, *constraints, schema=live.schema)


def _named(constraint: sa.Constraint) -> bool:
    return not isinstance(constraint, sa.PrimaryKeyConstraint)


def offline_sql(
    operations: Sequence[ops.MigrateOperation],
    dialect: str,
    tables: LiveTables,
    render_item: Any,
    imports: str = "",
) -> str:
    """Write the SQL that operations become on a dialect. Read-only.

    Parameters
    ----------
    operations
        Alembic's operations.
    dialect
        One of "sqlite", "postgresql", "mariadb", "mysql".
    tables
        The live tables from which SQLite's batch mode copies.
    render_item
        Alembic's option of that name, which spells the types.
    imports
        The import lines that the script needs.

    Raises
    ------
    InputError
        For another dialect.
    """
    if dialect not in DIALECTS:
        known = ", ".join(DIALECTS)
        raise InputError(f"{dialect!r} is not a dialect of the lab.", f"Take one of: {known}.")
    batch = dialect == "sqlite"
    buffer = StringIO()
    options = {"as_sql": True, "output_buffer": buffer, "literal_binds": True}
    context = _context(dialect, options)
    rendering = _context(dialect, {})
    render_word_for_word(rendering)
    body = render_python_code(
        ops.UpgradeOps(flattened(operations) if batch else list(operations)),
        render_as_batch=batch,
        render_item=render_item,
        migration_context=rendering,
    )
    try:
        _run(f"{imports}\ndef run():\n    {body}\nrun()\n", _Offline(context, tables))
    except _UNWRITABLE as error:
        said = (str(error) or type(error).__name__).splitlines()[0]
        buffer.write(f"-- {dialect} cannot write this: {said}\n")
    return buffer.getvalue().strip()


def _context(dialect: str, options: dict[str, Any]) -> MigrationContext:
    """Give a context without a driver, so that no `%` is doubled for one."""
    named = {"paramstyle": "named"}
    return MigrationContext.configure(dialect_name=dialect, dialect_opts=named, opts=options)


def _run(code: str, operator: Operations) -> None:
    """Run rendered code; it reaches no database, since its context only writes SQL."""
    names = {
        "op": operator,
        "sa": sa,
        "sqlite": sqlite,
        "postgresql": postgresql,
        "mysql": mysql,
    }
    exec(compile(code, "<candidate>", "exec"), names)  # noqa: S102 - Alembic's own rendering

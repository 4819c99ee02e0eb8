"""The SQL of a candidate's code on any dialect, without a server.

The operations are rendered as code for the dialect, and that code runs on Alembic's offline
context, so that the SQL shown is the SQL of the script.
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

from schema_lab.autogenerate.native import flattened
from schema_lab.autogenerate.offline_tables import table_after
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
        """Write an operation, and know what it makes of a table that is copied after it."""
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
    before
        Operations that run before these, and are not written: for a downgrade its upgrade.

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

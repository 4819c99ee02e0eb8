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
LiveTables = Mapping[tuple[str, str | None], sa.Table]
"""Live tables by (name, schema)."""


class _Offline(Operations):
    """Alembic's operations, whose batch mode copies from tables that were reflected before."""

    def __init__(self, context: MigrationContext, tables: LiveTables) -> None:
        super().__init__(context)
        self._tables = tables

    def batch_alter_table(  # type: ignore[override]
        self, table_name: str, schema: str | None = None, **rest: Any
    ) -> Any:
        live = self._tables.get((table_name, schema))
        if live is not None and rest.get("naming_convention"):
            live = live.to_metadata(sa.MetaData(naming_convention=rest["naming_convention"]))
        return super().batch_alter_table(table_name, schema=schema, copy_from=live, **rest)


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
    except (sa.exc.CompileError, NotImplementedError, NameError, AttributeError) as error:
        buffer.write(f"-- {dialect} cannot write this: {str(error).splitlines()[0]}\n")
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

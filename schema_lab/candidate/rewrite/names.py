"""What is refused before a script is written: names that a database changes, and missing models.

PostgreSQL silently cuts names after 63 bytes. Autogenerate would then drop and create the same
thing every time. https://www.postgresql.org/docs/current/sql-syntax-lexical.html
MariaDB allows 64 characters: https://mariadb.com/kb/en/identifier-names/
Names of a naming convention may be longer, since SQLAlchemy shortens them.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import singledispatch
from typing import Any

import sqlalchemy as sa
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext
from sqlalchemy.sql.elements import conv

from schema_lab.candidate.rewrite.enum_types import columns_made, opened
from schema_lab.compat.sqlalchemy_private import cut_name
from schema_lab.errors import InputError, ModelError

Named = tuple[str, str]
"""A description of what has the name, and the name."""

_LONGEST = {"postgresql": 63, "mariadb": 64, "mysql": 64}
_MYSQL_RULE = (
    "at most 64 characters, without backticks, characters above U+FFFF or a space at the end"
)
_RULES = {
    "sqlite": (
        "SQLite",
        "neither NUL nor, if an existing table gets a foreign key to it, a dot",
    ),
    "postgresql": (
        "PostgreSQL",
        "at most 63 bytes (é takes 2), and no ' if a sequence numbers the key",
    ),
    "mariadb": ("MariaDB", _MYSQL_RULE),
    "mysql": ("MySQL", _MYSQL_RULE),
}


def _beyond_bmp(name: str) -> bool:
    return max(name, default="") > "\uffff"


_NUL = ("contains a NUL character", lambda name: "\0" in name)
_ON_MYSQL = (
    _NUL,
    ("ends with a space", lambda name: name.endswith(" ")),
    ("contains a character above U+FFFF", _beyond_bmp),
    ("contains a backtick, which SQLAlchemy does not read back", lambda name: "`" in name),
)
_NEVER: dict[str, tuple[tuple[str, Callable[[str], bool]], ...]] = {
    "sqlite": (_NUL,),
    "postgresql": (_NUL,),
    "mariadb": _ON_MYSQL,
    "mysql": _ON_MYSQL,
}


def problems_of_names(
    operations: Iterable[ops.MigrateOperation], dialect: sa.Dialect
) -> tuple[str, ...]:
    """List the names in a migration that the database would change or refuse. Read-only.

    Parameters
    ----------
    operations
        Alembic's operations, also in batches.
    dialect
        The dialect of the live database.

    Examples
    --------
    >>> long = ops.AddColumnOp("users", sa.Column("é" * 32))
    >>> problems_of_names([long], sa.dialects.postgresql.dialect())
    ('column users.éééééééééééééééééééééééééééééééé has 64 bytes',)
    """
    listed = list(operations)
    made = dict.fromkeys(named for operation in listed for named in names_made(operation))
    found = [f"{what} {why}" for what, name in made if (why := _problem(name, dialect))]
    if dialect.name == "postgresql":
        return (*found, *_sequences(listed))
    return (*found, *(_dots(listed) if dialect.name == "sqlite" else ()))


def refuse_names(problems: Iterable[str], dialect: str) -> None:
    """Refuse names that the database would change or refuse.

    Raises
    ------
    InputError
        With all of these names.
    """
    listed = "; ".join(problems)
    if listed:
        product, rule = _RULES[dialect]
        raise InputError(
            f"{product} cannot store these names: {listed}.",
            f"Rename them in the models. A name has {rule}.",
        )


@singledispatch
def names_made(operation: ops.MigrateOperation) -> Iterator[Named]:
    """List the names in an operation, each with a description."""
    yield from ()


@names_made.register
def _(operation: ops.OpContainer) -> Iterator[Named]:
    for inner in operation.ops:
        yield from names_made(inner)


@names_made.register
def _(operation: ops.CreateTableOp) -> Iterator[Named]:
    table = operation.to_table()
    yield f"table {table.name}", table.name
    for column in table.columns:
        yield f"column {table.name}.{column.name}", column.name
    for constraint in table.constraints - {table.primary_key}:  # its name is never compared
        yield from _optional("constraint", constraint.name)


@names_made.register
def _(operation: ops.AddColumnOp) -> Iterator[Named]:
    name = operation.column.name
    yield f"column {operation.table_name}.{name}", name


@names_made.register
def _(operation: ops.AlterColumnOp) -> Iterator[Named]:
    name = operation.modify_name
    yield from _optional(f"column {operation.table_name}.{operation.column_name}", name)


@names_made.register
def _(operation: ops.RenameTableOp) -> Iterator[Named]:
    yield f"table {operation.table_name}", operation.new_table_name


@names_made.register
def _(operation: ops.CreateIndexOp) -> Iterator[Named]:
    yield from _optional("index", operation.index_name)


@names_made.register
def _(operation: ops.AddConstraintOp) -> Iterator[Named]:
    yield from _optional("constraint", operation.to_constraint().name)


def _optional(what: str, name: Any) -> Iterator[Named]:
    if isinstance(name, str):
        yield (what if "." in what else f"{what} {name}"), name


def _problem(name: str, dialect: sa.Dialect) -> str:
    final = _final(name, dialect)
    size = len(final.encode()) if dialect.name == "postgresql" else len(final)
    if size > _LONGEST.get(dialect.name, size):
        return f"has {size} {'bytes' if dialect.name == 'postgresql' else 'characters'}"
    return next((why for why, test in _NEVER[dialect.name] if test(final)), "")


def _sequences(operations: Iterable[ops.MigrateOperation]) -> Iterator[str]:
    """List tables with a sequence that Alembic cannot find again (PostgreSQL)."""
    for operation in operations:
        if isinstance(operation, ops.CreateTableOp):
            table = operation.to_table()
            key = table.autoincrement_column
            if key is not None and key.identity is None and "'" in table.name + key.name:
                yield f"table {table.name} has a numbered key and an apostrophe in its name"


def _dots(operations: Iterable[ops.MigrateOperation]) -> Iterator[str]:
    """List foreign keys that a batch would lose, since Alembic splits a name at its dot."""
    for operation in operations:
        if isinstance(operation, ops.ModifyTableOps):
            yield from _dots(operation.ops)
            continue
        dropped = (
            isinstance(operation, ops.DropConstraintOp)
            and operation.constraint_type == "foreignkey"
        )
        made = operation.reverse() if dropped else operation
        if isinstance(made, ops.CreateForeignKeyOp):
            targets = [f"{made.referent_table}.{name}" for name in made.remote_cols]
            for target in targets if any(name.count(".") > 1 for name in targets) else ():
                yield f"{target}, to which a foreign key of {made.source_table} refers"


def _final(name: str, dialect: sa.Dialect) -> str:
    """Give the name as the database stores it: SQLAlchemy may shorten a convention's name."""
    if not isinstance(name, conv):
        return name
    return cut_name(dialect, name)


def refuse_at_the_command_line(
    context: MigrationContext, revision: Any, directives: list[ops.MigrationScript]
) -> None:
    """Refuse a script that Alembic's own command is about to write.

    A `process_revision_directives` function. A script without an id belongs to the notebook's
    drift, which also shows what a candidate would be refused for.

    Raises
    ------
    ModelError
        When there are no models, so that every table would be dropped.
    InputError
        When the database would shorten or refuse a name in the models.
    """
    for script in directives:
        if script.rev_id is not None and script.upgrade_ops is not None:
            made = script.upgrade_ops.ops
            refuse_no_model(context.opts.get("target_metadata"), made)
            refuse_names(problems_of_names(made, context.dialect), context.dialect.name)


def refuse_no_model(metadata: Any, operations: list[ops.MigrateOperation]) -> None:
    """Refuse to drop every table because models are missing.

    Raises
    ------
    ModelError
        When there are tables, but no models.
    """
    drops = any(isinstance(operation, ops.DropTableOp) for operation in operations)
    if drops and not any(part.tables for part in _collections(metadata)):
        raise ModelError(
            "No model was found, so this migration would drop every table.",
            "Run the cells that define the models, or import the models in env.py.",
        )


def refuse_types_of_cells(operations: list[ops.MigrateOperation]) -> None:
    """Refuse a type that a script cannot import, since its class is in a notebook.

    Raises
    ------
    ModelError
        With the class and the column.
    """
    for operation in opened(operations):
        for column in columns_made(operation):
            kind = type(column.type)
            if kind.__module__ == "__main__" and not isinstance(column.type, sa.TypeDecorator):
                raise ModelError(
                    f"The type {kind.__name__} of `{operation.table_name}.{column.name}` is "
                    "defined in this notebook, so that no script can import it.",
                    "Move the class into a module, or derive it from sqlalchemy.TypeDecorator: "
                    "a script then names the type that it wraps.",
                )


def _collections(metadata: Any) -> Iterator[sa.MetaData]:
    several = isinstance(metadata, list | tuple)
    yield from (part for part in (metadata if several else [metadata]) if part is not None)

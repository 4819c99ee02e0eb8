"""Names that a database would cut short or refuse, found before a script is written.

PostgreSQL cuts names after 63 bytes and says nothing; autogenerate would then drop and create the
same thing for ever. https://www.postgresql.org/docs/current/sql-syntax-lexical.html
MariaDB takes 64 characters: https://mariadb.com/kb/en/identifier-names/
Names made by a naming convention need no check of their length: SQLAlchemy shortens them itself.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import singledispatch
from typing import Any

import sqlalchemy as sa
from alembic.operations import ops
from sqlalchemy.sql.elements import conv

from schema_lab.errors import InputError

Named = tuple[str, str]
"""What is named, and its name."""

_LONGEST = {"postgresql": 63, "mariadb": 64, "mysql": 64}
_MYSQL_RULE = "up to 64 characters, no backtick, none above U+FFFF, no space at the end"
_RULES = {
    "sqlite": (
        "SQLite",
        "no NUL, and no dot where a foreign key leads that a table gets later",
    ),
    "postgresql": (
        "PostgreSQL",
        "up to 63 bytes (é has two), and no ' where a sequence numbers the key",
    ),
    "mariadb": ("MariaDB", _MYSQL_RULE),
    "mysql": ("MySQL", _MYSQL_RULE),
}


def _beyond_bmp(name: str) -> bool:
    return max(name, default="") > "\uffff"


_NUL = ("holds a NUL character", lambda name: "\0" in name)
_ON_MYSQL = (
    _NUL,
    ("ends with a space", lambda name: name.endswith(" ")),
    ("holds a character above U+FFFF", _beyond_bmp),
    ("holds a backtick, which SQLAlchemy does not read back", lambda name: "`" in name),
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
    """Say which names a migration would make and the database not keep. Read-only.

    Parameters
    ----------
    operations
        Alembic's operations; batches are opened.
    dialect
        The live database's.

    Examples
    --------
    >>> long = ops.AddColumnOp("users", sa.Column("é" * 32))
    >>> problems_of_names([long], sa.dialects.postgresql.dialect())
    ('column users.éééééééééééééééééééééééééééééééé has 64 bytes',)
    """
    listed = list(operations)
    made = dict.fromkeys(named for one in listed for named in names_made(one))
    found = [f"{what} {why}" for what, name in made if (why := _problem(name, dialect))]
    if dialect.name == "postgresql":
        return (*found, *_sequences(listed))
    return (*found, *(_dots(listed) if dialect.name == "sqlite" else ()))


def refuse_names(problems: Iterable[str], dialect: str) -> None:
    """Refuse such names.

    Raises
    ------
    InputError
        Naming them all.
    """
    listed = "; ".join(problems)
    if listed:
        product, rule = _RULES[dialect]
        raise InputError(
            f"{product} cannot keep these names: {listed}.", f"Rename them in the models: {rule}."
        )


@singledispatch
def names_made(operation: ops.MigrateOperation) -> Iterator[Named]:
    """List what an operation gives a name to, with the name."""
    yield from ()


@names_made.register
def _(operation: ops.OpContainer) -> Iterator[Named]:
    for one in operation.ops:
        yield from names_made(one)


@names_made.register
def _(operation: ops.CreateTableOp) -> Iterator[Named]:
    table = operation.to_table()
    yield f"table {table.name}", table.name
    for column in table.columns:
        yield f"column {table.name}.{column.name}", column.name
    for constraint in table.constraints - {table.primary_key}:  # nobody looks for its name
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
    """List tables whose key PostgreSQL numbers by a sequence that Alembic cannot find again."""
    for one in operations:
        if isinstance(one, ops.CreateTableOp):
            table = one.to_table()
            key = table.autoincrement_column
            if key is not None and key.identity is None and "'" in table.name + key.name:
                yield f"table {table.name} has a numbered key and an apostrophe in its name"


def _dots(operations: Iterable[ops.MigrateOperation]) -> Iterator[str]:
    """List foreign keys that Alembic's copy of a table would lose: it parts a name at its dot."""
    for one in operations:
        if isinstance(one, ops.ModifyTableOps):
            yield from _dots(one.ops)
            continue
        dropped = isinstance(one, ops.DropConstraintOp) and one.constraint_type == "foreignkey"
        made = one.reverse() if dropped else one
        if isinstance(made, ops.CreateForeignKeyOp):
            goals = [f"{made.referent_table}.{name}" for name in made.remote_cols]
            for goal in goals if any(name.count(".") > 1 for name in goals) else ():
                yield f"{goal}, to which a foreign key of {made.source_table} leads"


def _final(name: str, dialect: sa.Dialect) -> str:
    """Give the name that the database gets: one of a naming convention may be shortened."""
    if not isinstance(name, conv):
        return name
    short = dialect.identifier_preparer.truncate_and_render_constraint_name
    return short(name, _alembic_quote=False)

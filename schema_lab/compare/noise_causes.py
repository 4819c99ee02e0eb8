"""Why a difference is noise: the dialect stores something in another form, or a revision made it.

A difference is noise when its own migration does not remove it. The applied revisions are searched
for the latest one that made the column, index or constraint as the models want it. Read-only.

MariaDB: https://mariadb.com/kb/en/float/ , https://mariadb.com/kb/en/text/ ,
https://mariadb.com/kb/en/character-set-and-collation-overview/ (NATIONAL is utf8mb3).
PostgreSQL: https://www.postgresql.org/docs/current/datatype-numeric.html (float(p)).
SQLite: https://www.sqlite.org/datatype3.html (a type is an affinity).
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic.operations import ops

from schema_lab.compare.noise import Difference, Noise, Noises, written
from schema_lab.compare.operations import aspects_of
from schema_lab.compat.sqlalchemy_private import sqlite_type
from schema_lab.database import family, is_mysql
from schema_lab.history import Environment, applied_ids
from schema_lab.recording.recorded import record
from schema_lab.schema.defaults import plain
from schema_lab.schema.words import default_text, full_name, type_text

_PRODUCTS = {"sqlite": "SQLite", "postgresql": "PostgreSQL", "mariadb": "MariaDB"}
_FLOAT = re.compile(r"FLOAT\((\d+)\)")
_SIZED = re.compile(r"(TEXT|BLOB)\((\d+)\)")
_NATIONAL = re.compile(r"NATIONAL (VAR)?CHAR\(\d+\)")
_SINGLE = 24
"""The most bits of a single-precision FLOAT(p)."""
_SIZES = ((255, "TINY"), (65_535, ""), (16_777_215, "MEDIUM"))


def product(dialect: sa.Dialect) -> str:
    """Name the database of a connected dialect; a mysql:// URL may connect to MariaDB."""
    named = family(dialect)
    return _PRODUCTS.get(named, "MySQL" if named == "mysql" else named)


def why_of_type(difference: Difference, dialect: sa.Dialect) -> str | None:
    """Say why the database returns another type; None when the dialect does not explain it."""
    if difference.aspect != "type":
        return None
    if dialect.name == "sqlite":
        return _affinity(difference, dialect)
    stored_type = _on_mysql if is_mysql(dialect.name) else _on_postgresql
    stored = stored_type(difference.after)
    if stored is None or not re.match(rf"{stored}\b", difference.before, re.IGNORECASE):
        return None
    return f"{product(dialect)} stores {difference.after} as {difference.before}."


def _on_mysql(wanted: str) -> str | None:
    number, sized = _FLOAT.fullmatch(wanted), _SIZED.fullmatch(wanted)
    if number:
        return "FLOAT" if int(number[1]) <= _SINGLE else "DOUBLE"
    if sized:
        size = next((word for most, word in _SIZES if int(sized[2]) <= most), "LONG")
        return f"{size}{sized[1]}"
    if _NATIONAL.fullmatch(wanted):
        plain = re.escape(wanted.removeprefix("NATIONAL "))
        return rf"{plain} CHARACTER SET utf8"
    return "DOUBLE" if wanted == "REAL" else None


def _on_postgresql(wanted: str) -> str | None:
    number = _FLOAT.fullmatch(wanted)
    if number:
        return "REAL" if int(number[1]) <= _SINGLE else "DOUBLE PRECISION"
    return None


def _affinity(difference: Difference, dialect: sa.Dialect) -> str | None:
    """SQLite keeps any type name; SQLAlchemy reads a name that it does not know as an affinity."""
    read = sqlite_type(dialect, difference.after)
    if read is None or type_text(read, dialect) != difference.before:
        return None
    return (
        f"SQLite does not have a type {difference.after}. It keeps the name and treats the column "
        f"as {difference.before}."
    )


Known = dict[Difference, str]
"""From a difference to the revision that already made the change."""

Fact = tuple[str, str, str, str]
"""Table, name, aspect, and the state after a revision."""


def made_before(
    environment: Environment, heads: tuple[str, ...], differences: Iterable[Difference]
) -> Known:
    """Search the applied revisions, the newest first, for the last change of each thing.

    Only scripts that name the table and the thing run, with an `op` that records and does nothing.

    Parameters
    ----------
    environment
        The project and its database.
    heads
        The current revisions of the database.
    differences
        The differences to explain.
    """
    remaining, known = list(differences), Known()
    if not remaining:
        return known
    scripts = environment.project.scripts()
    applied = applied_ids(scripts, heads)

    def work(_: object, context: Any) -> tuple[()]:
        for script in scripts.walk_revisions():
            sought = [difference for difference in remaining if _mentions(script, difference)]
            if script.revision in applied and sought:
                facts = _made_by(script, context)
                touched = [difference for difference in sought if _place(difference) in facts]
                same = [
                    difference
                    for difference in touched
                    if _same(facts[_place(difference)], difference)
                ]
                known.update(dict.fromkeys(same, script.revision))
                remaining[:] = [difference for difference in remaining if difference not in touched]
        return ()

    environment.run(None, work)
    return known


def _made_by(script: Any, context: Any) -> dict[tuple[str, str, str], str]:
    """Give the state after a script: of several lines about the same thing, the last."""
    recorded = record(script.module, "upgrade", context).operations
    facts = (fact for step in recorded for fact in _facts(step.operation, context.dialect))
    return {fact[:3]: fact[3] for fact in facts}


def _place(difference: Difference) -> tuple[str, str, str]:
    return difference.table, difference.name, difference.aspect


def _mentions(script: Any, difference: Difference) -> bool:
    text = Path(script.path).read_text(encoding="utf-8", errors="replace")
    return difference.name in text and difference.table.rpartition(".")[2] in text


def _same(made: str, difference: Difference) -> bool:
    if difference.aspect == "default":
        return plain(made) == plain(difference.after)
    return made == difference.after


def _facts(operation: Any, dialect: sa.Dialect) -> Iterator[Fact]:
    """Give the state of columns, indexes and constraints after an operation."""
    if isinstance(operation, ops.CreateTableOp):
        table = full_name(operation.table_name, operation.schema)
        for column in operation.columns:  # Alembic has put an index among them into a table already
            if isinstance(column, sa.Column):
                yield from _of_column(table, column, dialect)
            elif isinstance(column, sa.CheckConstraint) and column.name:
                made: Any = ops.AddConstraintOp.from_constraint(column)
                yield table, str(column.name), "constraint", written(made, dialect)
    elif isinstance(operation, ops.AddColumnOp):
        table = full_name(operation.table_name, operation.schema)
        yield from _of_column(table, operation.column, dialect)
    elif isinstance(operation, ops.AlterColumnOp):
        table = full_name(operation.table_name, operation.schema)
        for aspect, _, after in aspects_of(operation, dialect):
            yield table, operation.column_name, aspect, after
    elif isinstance(operation, ops.CreateIndexOp):
        table = full_name(operation.table_name, operation.schema)
        yield table, str(operation.index_name), "index", written(operation, dialect)
    elif isinstance(operation, ops.AddConstraintOp):
        constraint: Any = operation.to_constraint()
        table = full_name(constraint.table.name, constraint.table.schema)
        yield table, str(constraint.name), "constraint", written(operation, dialect)


def _of_column(table: str, column: sa.Column[Any], dialect: sa.Dialect) -> Iterator[Fact]:
    name = str(column.name)
    yield table, name, "type", type_text(column.type, dialect)
    yield table, name, "default", default_text(column.server_default, dialect)


_OWN = "spells it in its own notation"
_HABITS = {
    "type": "stores some types under another name",
    "default": "returns a default in its own notation",
    "index": "returns an expression in its own notation, with casts and brackets",
    "constraint": "returns a constraint in its own notation",
    "comment": "returns a comment in another form",
    "nullable": "decides by itself whether such a column is NOT NULL",
}


def noise_in(
    environment: Environment,
    dialect: sa.Dialect,
    heads: tuple[str, ...],
    differences: Sequence[Difference],
) -> Noises:
    """Explain the differences that their own migration does not remove. Read-only.

    Parameters
    ----------
    environment
        The project and its database.
    dialect
        The dialect of the connected database.
    heads
        The current revisions of the database.
    differences
        The differences that a comparison found.
    """
    whys = {difference: why_of_type(difference, dialect) for difference in differences}
    made = made_before(
        environment, heads, [difference for difference, why in whys.items() if why is None]
    )
    whys |= {
        difference: _had_run(difference, revision, dialect) for difference, revision in made.items()
    }
    return Noises(
        tuple(
            Noise(difference.about, difference.sentence, why, difference.entry(dialect.name))
            for difference, why in whys.items()
            if why is not None
        )
    )


def _had_run(difference: Difference, revision: str, dialect: sa.Dialect) -> str:
    return (
        f"Revision {revision} already made this change. Either {product(dialect)} "
        f"{_HABITS.get(difference.aspect, _OWN)}, or somebody changed the database by hand."
    )

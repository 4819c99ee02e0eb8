"""Which applied revision has already made a thing as the models want it. Read-only."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic.operations import ops

from schema_lab.autogenerate.defaults import plain
from schema_lab.autogenerate.noise.difference import Difference, written
from schema_lab.autogenerate.operations import aspects_of, default_text, full_name, type_text
from schema_lab.autogenerate.recorded import record
from schema_lab.history import Environment, applied_ids

Known = dict[Difference, str]
"""From a difference to the revision that has made it as it shall be."""

Fact = tuple[str, str, str, str]
"""Table, name, aspect, and what a revision makes of it."""


def made_before(
    environment: Environment, heads: tuple[str, ...], differences: Iterable[Difference]
) -> Known:
    """Look into the applied revisions, the newest first, for what last touched each thing.

    Only scripts that name the table and the thing run, with an `op` that notes and does nothing.

    Parameters
    ----------
    environment
        The project and its database.
    heads
        Where the database stands.
    differences
        What to look for.
    """
    open_ones, known = list(differences), Known()
    if not open_ones:
        return known
    scripts = environment.project.scripts()
    applied = applied_ids(scripts, heads)

    def work(_: object, context: Any) -> tuple[()]:
        for script in scripts.walk_revisions():
            sought = [one for one in open_ones if _names(script, one)]
            if script.revision in applied and sought:
                facts = _made_by(script, context)
                touched = [one for one in sought if _place(one) in facts]
                same = [one for one in touched if _same(facts[_place(one)], one)]
                known.update(dict.fromkeys(same, script.revision))
                open_ones[:] = [one for one in open_ones if one not in touched]
        return ()

    environment.run(None, work)
    return known


def _made_by(script: Any, context: Any) -> dict[tuple[str, str, str], str]:
    """Say what a script leaves behind: of several lines on one thing, the last."""
    recorded = record(script.module, "upgrade", context).operations
    facts = (fact for one in recorded for fact in _facts(one.operation, context.dialect))
    return {fact[:3]: fact[3] for fact in facts}


def _place(difference: Difference) -> tuple[str, str, str]:
    return difference.table, difference.name, difference.aspect


def _names(script: Any, difference: Difference) -> bool:
    text = Path(script.path).read_text(encoding="utf-8", errors="replace")
    return difference.name in text and difference.table.rpartition(".")[2] in text


def _same(said: str, difference: Difference) -> bool:
    if difference.aspect == "default":
        return plain(said) == plain(difference.after)
    return said == difference.after


def _facts(operation: Any, dialect: sa.Dialect) -> Iterator[Fact]:
    """Say what an operation makes of columns, indexes and constraints."""
    if isinstance(operation, ops.CreateTableOp):
        table = full_name(operation.table_name, operation.schema)
        for column in operation.to_table().columns:
            yield from _of_column(table, column, dialect)
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

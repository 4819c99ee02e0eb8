"""A comparison: the operations that would make one side match another, in the words of drift.

Alembic's comparison and the lab's need a live database on the left. What stands on the right are
the models, or the tables of a live database with the rows by which it spells them. Where the models
are on the left, the operations are those of the way back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext

from schema_lab.candidate import Metadata, env_options
from schema_lab.candidate.candidate import Diff
from schema_lab.compare import Ignoring, Noise, Noises, Operation
from schema_lab.compare.autogenerate import script_of
from schema_lab.compare.drift import frame_of_operations
from schema_lab.compare.operations import operations_of
from schema_lab.compare.others import others_in
from schema_lab.compare.scope import NamesIn, own_names_only, scope_in
from schema_lab.errors import InputError
from schema_lab.history import Environment, Options, ignored_in, look
from schema_lab.schema.words import TableKey
from schema_lab.sides.schema import (
    Reading,
    Schema,
    opened,
    own,
    ownership_of,
    read_database,
    read_models,
)
from schema_lab.sides.side import Side
from schema_lab.views import comparison as view

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Comparison:
    """The differences between two sides.

    `operations` would make the left side match the right side. `ignored` are the differences that
    the project's configuration leaves out. `others` are the tables that are not this project's:
    neither the models nor a revision makes them. `not_compared` says what could not be compared.
    """

    left: Side
    right: Side
    operations: tuple[Operation, ...]
    before: Schema = field(repr=False)
    after: Schema = field(repr=False)
    others: tuple[str, ...] = ()
    ignored: Noises = field(default_factory=Noises)
    not_compared: tuple[str, ...] = ()

    @property
    def equal(self) -> bool:
        """Whether no operation is needed, and everything could be compared."""
        return not self.operations and not self.not_compared

    @property
    def frame(self) -> pd.DataFrame:
        """The comparison as a table.

        Returns
        -------
        DataFrame
            Columns symbol, sentence, table, column, before, after (all str or None); one row per
            operation.
        """
        return frame_of_operations(self.operations)

    def diff(self) -> Diff:
        """Compare the SQL of the tables that differ, line by line."""
        names = {operation.table for operation in self.operations}
        before, after = self.before, self.after
        if None not in names:
            chosen = {str(name) for name in names}
            before, after = before.only(chosen), after.only(chosen)
        if not self.operations:
            return Diff("", "", self.left.name, self.right.name)
        return Diff(before.sql, after.sql, self.left.name, self.right.name)

    def __repr__(self) -> str:
        return view.comparison_text(self)

    def _repr_html_(self) -> str:
        return view.comparison_html(self)


def compare(
    environment: Environment,
    left: str | sa.URL,
    right: str | sa.URL,
    models: Metadata | None,
) -> Comparison:
    """Compare two sides. Only throwaway databases are written.

    Parameters
    ----------
    environment
        The project and its database.
    left, right
        "models", "database", "history", a revision such as "0003", "head" or "-1", a snapshot
        such as "s1", the history in a git commit such as "git:main", or a URL.
    models
        The tables of the models; None where there are none.

    Raises
    ------
    InputError
        When the sides are databases of different kinds.
    SchemaLabError
        When a side does not exist, or cannot be read.
    """
    sides = Side.of(left, environment), Side.of(right, environment)
    if sides[0].is_models and sides[1].is_models:
        with opened(environment, sides[0]) as live:
            schema = read_models(live, sides[0], models).schema
        return Comparison(*sides, (), schema, schema)
    _refuse_different(sides, *(_dialect(side, sides, environment) for side in sides))
    if sides[0].is_models:
        return _with_models(environment, sides, models, reverse=True)
    if sides[1].is_models:
        return _with_models(environment, sides, models, reverse=False)
    return _databases(environment, sides, models)


Sides = tuple[Side, Side]


def _with_models(
    environment: Environment, sides: Sides, models: Metadata | None, *, reverse: bool
) -> Comparison:
    """Compare a live database with the models; in reverse, the models are on the left."""
    side, other = (sides[1], sides[0]) if reverse else sides
    target: Metadata = models if models is not None else sa.MetaData()
    with opened(environment, side) as live:
        spelled = read_models(live, other, target).schema
        there = read_database(live, side, models)
        found = _found(live, target, models, reverse=reverse)
    schemas = (spelled, there.schema) if reverse else (there.schema, spelled)
    return Comparison(*sides, found.operations, *schemas, found.others, found.ignored, found.rest)


def _databases(environment: Environment, sides: Sides, models: Metadata | None) -> Comparison:
    """Compare two live databases: the right one is read, and stands for models."""
    with opened(environment, sides[1]) as live:
        there = read_database(live, sides[1], models)
    with opened(environment, sides[0]) as live:
        here = read_database(live, sides[0], models)
        return compare_live(live, sides, here, there, models)


def compare_live(
    live: Environment, sides: Sides, here: Reading, there: Reading, models: Metadata | None
) -> Comparison:
    """Compare a live database, as it was read, with another one that was read."""
    _refuse_different(sides, here.schema.dialect, there.schema.dialect)
    target = _own_tables(there)
    schemas = {key.schema for part in (here, there) for key in _keys(part) if key.schema}
    found = _found(live, target, models, schemas=frozenset(map(str, schemas)))
    others = sorted({*found.others, *map(str, there.others)})
    return Comparison(
        *(*sides, found.operations, here.schema, there.schema),
        *(tuple(others), found.ignored, found.rest),
    )


def _keys(reading: Reading) -> list[TableKey]:
    return [table.key for table in reading.schema.tables if table.key not in reading.others]


def _own_tables(reading: Reading) -> Metadata:
    """Take the tables of others out of what is compared."""
    metadata = reading.metadata
    assert isinstance(metadata, sa.MetaData)
    for table in list(metadata.tables.values()):
        if TableKey(table.schema, table.name) in reading.others:
            metadata.remove(table)
    return metadata


@dataclass(frozen=True)
class _Found:
    """What autogenerate found, in one direction."""

    operations: tuple[Operation, ...]
    others: tuple[str, ...]
    ignored: Noises
    rest: tuple[str, ...]


def _found(
    live: Environment,
    target: Metadata,
    models: Metadata | None,
    *,
    reverse: bool = False,
    schemas: frozenset[str] = frozenset(),
) -> _Found:
    """Compare a live database with a metadata, as drift does."""
    ignoring = Ignoring(ignored_in(live.project.ini))
    ownership = ownership_of(live)

    def read(context: MigrationContext) -> _Found:
        own(ownership, context, models)
        script = script_of(context)
        container: Any = script.downgrade_ops if reverse else script.upgrade_ops
        ignored = (Noise.of_ignored(item, context.dialect.name) for item in ignoring.ignored)
        return _Found(
            operations_of(container.ops if container else (), context.dialect),
            others_in(context),
            Noises(tuple(ignored)),
            scope_in(context).sentences,
        )

    plain = env_options(target, None, ignoring, ownership)
    return look(live, read, _in_schemas(plain, schemas))


def _in_schemas(
    options: Callable[[Options], Options], schemas: frozenset[str]
) -> Callable[[Options], Options]:
    """Compare also the schemas of the database, unless env.py names what is compared."""

    def complete(given: Options) -> Options:
        found = options(given)
        ours = isinstance(found.get("include_name"), NamesIn) or (
            found.get("include_name") is own_names_only
        )
        if not schemas or not ours or given.get("include_schemas"):
            return found
        return {**found, "include_schemas": True, "include_name": NamesIn(schemas)}

    return complete


def _dialect(side: Side, sides: Sides, environment: Environment) -> str:
    """Name a side's dialect; the models are spelled in that of the other side."""
    other = sides[1] if side is sides[0] else sides[0]
    return (other if side.is_models else side).dialect(environment)


def _refuse_different(sides: Sides, left: str, right: str) -> None:
    if left == right:
        return
    raise InputError(
        f"{sides[0].name} is a schema of {left}, and {sides[1].name} one of {right}: "
        "they spell types and constraints differently.",
        "Compare sides of one kind of database, or each of them with the models.",
    )

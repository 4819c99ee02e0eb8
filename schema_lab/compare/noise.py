"""Noise: differences that their own migration does not remove, and what a project ignores.

A difference is a single aspect of a column, or an index or constraint, before and after. What is
only created or only dropped is not a difference here, since its migration removes it. A project
can ignore a difference: each comparison then leaves it out, and reports it as ignored.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext
from sqlalchemy.schema import CreateIndex

from schema_lab.compare.operations import aspects_of
from schema_lab.compare.whole_operations import AlterTableOp
from schema_lab.compat.alembic_private import knows_what_it_drops
from schema_lab.database.dialects import shared_name
from schema_lab.schema.sql_text import adding
from schema_lab.schema.words import full_name
from schema_lab.views import drift as view
from schema_lab.views.frame import frame_of


@dataclass(frozen=True)
class Difference:
    """The state of a single aspect in the database, and the state that the models want.

    `about` names the column, index or constraint with its table; `aspect` is "type", "default",
    "nullable" or "comment" of a column, "index" or "constraint", or what Alembic does not compare,
    such as "computed", "identity" or "primary key".
    """

    table: str
    name: str
    aspect: str
    before: str
    after: str
    wanted: Any = field(default=None, repr=False, compare=False)

    @property
    def about(self) -> str:
        """The column, index or constraint, with its table."""
        return f"{self.table}.{self.name}"

    @property
    def sentence(self) -> str:
        """The difference in one line."""
        return f"{self.aspect} of {self.about}: {self.before} → {self.after}"

    def entry(self, dialect: str) -> str:
        """Spell the difference for the project's configuration, as one line of ASCII.

        MariaDB is "mysql" here, since a URL can contain either name.
        """
        words = (
            f"{shared_name(dialect)}: {self.aspect} of {self.about}: {self.before} -> {self.after}"
        )
        return " ".join(words.split()).encode("ascii", "backslashreplace").decode()


def differences_of(table: ops.ModifyTableOps, dialect: sa.Dialect) -> Iterator[Difference]:
    """List the differences in a table's operations, as Alembic found them."""
    name = full_name(table.table_name, table.schema)
    for operation in table.ops:
        if isinstance(operation, ops.AlterColumnOp):
            wanted = operation.modify_type
            for aspect, before, after in aspects_of(operation, dialect):
                yield Difference(name, operation.column_name, aspect, before, after, wanted)
        elif isinstance(operation, AlterTableOp):
            about = operation.column or operation.what
            before, after = operation.before or "none", operation.after or "none"
            yield Difference(name, about, operation.what, before, after, operation)
    for dropped, created in pairs_in(table.ops):
        aspect = "index" if isinstance(created, ops.CreateIndexOp) else "constraint"
        before, after = written(dropped.reverse(), dialect), written(created, dialect)
        yield Difference(name, _name(created), aspect, before, after, created)


def pairs_in(operations: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
    """Pair the drop of an index or a constraint with the creation of the same name."""
    listed = list(operations)
    dropped = {_key(operation): operation for operation in listed if _drops(operation)}
    for operation in listed:
        if (
            isinstance(operation, ops.CreateIndexOp | ops.AddConstraintOp)
            and _key(operation) in dropped
        ):
            yield dropped[_key(operation)], operation


def written(operation: ops.CreateIndexOp | ops.AddConstraintOp, dialect: sa.Dialect) -> str:
    """Give the SQL that creates an index or a constraint, in one line."""
    statement: Any = (
        CreateIndex(operation.to_index())
        if isinstance(operation, ops.CreateIndexOp)
        else adding(operation.to_constraint())
    )
    try:
        return " ".join(str(statement.compile(dialect=dialect)).split())
    except (sa.exc.CompileError, NotImplementedError, KeyError):  # a column of INCLUDE
        return str(operation.to_diff_tuple()[-1])


def _drops(operation: Any) -> bool:
    drops = isinstance(operation, ops.DropIndexOp | ops.DropConstraintOp)
    return drops and knows_what_it_drops(operation)


def _key(operation: Any) -> tuple[bool, str]:
    index = isinstance(operation, ops.CreateIndexOp | ops.DropIndexOp)
    return index, _name(operation)


def _name(operation: Any) -> str:
    return str(
        operation.index_name
        if isinstance(operation, ops.CreateIndexOp | ops.DropIndexOp)
        else operation.constraint_name
    )


if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Noise:
    """A difference that its own migration does not remove.

    `about` names the column, index or constraint with its table. `why` explains the difference.
    `entry` is its spelling in the project's configuration. `ignored` says that the configuration
    contains the entry; then `why` is "".
    """

    about: str
    sentence: str
    why: str
    entry: str
    ignored: bool = False

    @classmethod
    def of_ignored(cls, difference: Difference, dialect: str) -> Noise:
        """Give a difference that the project ignores."""
        entry = difference.entry(dialect)
        return cls(difference.about, difference.sentence, "", entry, ignored=True)

    @property
    def call(self) -> str:
        """The call that ignores this difference in the project, or stops ignoring it."""
        verb = "stop_ignoring" if self.ignored else "ignore"
        return f"lab.{verb}({self.about!r})"


@dataclass(frozen=True)
class Noises:
    """All noise of a drift; false when there is none."""

    all: tuple[Noise, ...] = ()

    @property
    def frame(self) -> pd.DataFrame:
        """The noise as a table.

        Returns
        -------
        DataFrame
            Columns about, difference, why, call (all str); one row per difference.
        """
        rows = [(noise.about, noise.sentence, noise.why, noise.call) for noise in self.all]
        return frame_of(rows, ["about", "difference", "why", "call"])

    def __iter__(self) -> Iterator[Noise]:
        return iter(self.all)

    def __len__(self) -> int:
        return len(self.all)

    def __repr__(self) -> str:
        return view.noise_text(self.all)

    def _repr_html_(self) -> str:
        return view.noise_html(self.all)


IGNORING = "schema_lab_ignoring"
"""The Alembic option by which the notebook or env.py hands in an `Ignoring`."""

_UNCHANGED: dict[str, tuple[str, Any]] = {
    "type": ("modify_type", None),
    "nullable": ("modify_nullable", None),
    "default": ("modify_server_default", False),
    "comment": ("modify_comment", False),
}


@dataclass
class Ignoring:
    """The entries of a project's configuration, and the differences that a comparison found.

    `ignored` are the differences that an entry names, `kept` all others. `aloud` says that nobody
    reads `ignored`, so that it is logged beside what Alembic detects.
    """

    entries: tuple[str, ...] = ()
    aloud: bool = False
    kept: list[Difference] = field(default_factory=list)
    ignored: list[Difference] = field(default_factory=list)


def leave_ignored(
    context: MigrationContext, revision: Any, directives: list[ops.MigrationScript]
) -> None:
    """Leave out what the project ignores, and note all differences.

    A `process_revision_directives` function; changes the directives in place.
    """
    ignoring: Ignoring | None = context.opts.get(IGNORING)
    if ignoring is None:
        return
    for script in directives:
        for upgrade, downgrade in zip(
            script.upgrade_ops_list, script.downgrade_ops_list, strict=True
        ):
            for table in [
                operation for operation in upgrade.ops if isinstance(operation, ops.ModifyTableOps)
            ]:
                _leave_out_entries(table, context, ignoring)
                if not table.ops:
                    upgrade.ops.remove(table)
            upgrade.reverse_into(downgrade)
    if ignoring.aloud:
        for difference in ignoring.ignored:
            logging.getLogger("alembic.autogenerate").info(
                "Ignored by the configuration of this project: %s", difference.sentence
            )


def _leave_out_entries(
    table: ops.ModifyTableOps, context: MigrationContext, ignoring: Ignoring
) -> None:
    for difference in list(differences_of(table, context.dialect)):
        if difference.entry(context.dialect.name) in ignoring.entries:
            ignoring.ignored.append(difference)
            _leave_out(table, difference)
        else:
            ignoring.kept.append(difference)


def _leave_out(table: ops.ModifyTableOps, difference: Difference) -> None:
    if difference.aspect in _UNCHANGED:
        attribute, unchanged = _UNCHANGED[difference.aspect]
        for operation in list(table.ops):
            if (
                isinstance(operation, ops.AlterColumnOp)
                and operation.column_name == difference.name
            ):
                setattr(operation, attribute, unchanged)
                if not operation.has_changes():
                    table.ops.remove(operation)
        return
    if isinstance(difference.wanted, AlterTableOp):
        table.ops.remove(difference.wanted)
        return
    for dropped, created in list(pairs_in(table.ops)):
        if created is difference.wanted:
            table.ops.remove(dropped)
            table.ops.remove(created)

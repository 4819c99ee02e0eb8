"""Perform a migration on a stage, and compare what stands before and after."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import sqlalchemy as sa

from schema_lab.errors import MigrationError
from schema_lab.history import Environment, as_lab_errors, look
from schema_lab.migrate import Run
from schema_lab.rehearsal.bags import bag_difference
from schema_lab.rehearsal.comparing import Difference, Join, joined_difference
from schema_lab.rehearsal.copies import TableKey
from schema_lab.rehearsal.lineage import Lineage
from schema_lab.rehearsal.pairs import Pair, pairs_of
from schema_lab.rehearsal.samples import samples_of
from schema_lab.rehearsal.stage import Stage
from schema_lab.rehearsal.state import State, state_of
from schema_lab.rehearsal.values import Failure, Performed, Sample
from schema_lab.rehearsal.watching import Watch
from schema_lab.rehearsal.way import Way


@dataclass(frozen=True)
class Before:
    """The state before, and where its rows were kept."""

    state: State
    names: dict[TableKey, str]

    @classmethod
    def of(cls, stage: Stage) -> "Before":
        """Read the state of a stage, and keep its rows."""
        with as_lab_errors(stage.environment.url), stage.environment.engine.connect() as connection:
            state = state_of(connection, version_table(stage))
            connection.rollback()
            return cls(state, stage.kept.keep(connection, list(state)))


@dataclass(frozen=True)
class Act:
    """One way that was gone: its run or its failure, and the statements that ran."""

    run: Run | None
    failure: Failure | None
    statements: tuple[Performed, ...]

    @property
    def sql(self) -> list[str]:
        """The statements' texts."""
        return [one.sql for one in self.statements]


@dataclass(frozen=True)
class Outcome:
    """What the comparison of two states found."""

    state: State
    differences: tuple[Difference, ...]
    samples: tuple[Sample, ...] = field(default=())


def act(stage: Stage, way: Way, watch: Watch) -> Act:
    """Go a way on a stage; a failure is part of what is found."""
    watch.forget()
    try:
        run = way.go(stage.environment)
    except MigrationError as error:
        ran = watch.performed(error.statements)
        return Act(None, watch.failure(error), ran)
    return Act(run, None, watch.performed(run.statements))


def compare(stage: Stage, before: Before, statements: Sequence[str], *, show: bool) -> Outcome:
    """Compare the stage as it is now with what was kept. Read-only."""
    with as_lab_errors(stage.environment.url), stage.environment.engine.connect() as connection:
        stage.kept.open(connection)
        after = state_of(connection, version_table(stage))
        lineage = Lineage.of(connection.dialect.name, statements)
        pairs = pairs_of(before.state, after, lineage)
        found = [_difference(connection, stage, before, pair) for pair in pairs]
        samples = [
            sample
            for one in found
            if show and one.pair.before is not None
            for sample in samples_of(
                connection, one, stage.kept.schema, before.names[one.pair.before.key]
            )
        ]
        connection.rollback()
        return Outcome(after, tuple(found), tuple(samples))


def _difference(connection: sa.Connection, stage: Stage, before: Before, pair: Pair) -> Difference:
    if pair.before is None or pair.after is None:
        return Difference(pair, None)
    join = Join.of(connection, pair, stage.kept.schema, before.names[pair.before.key])
    return joined_difference(connection, join) if pair.key else bag_difference(connection, join)


def version_table(stage: Stage) -> str:
    """Name Alembic's own table; asked once for a stage. Read-only."""
    return _version_table(stage.environment)


@lru_cache(maxsize=1)
def _version_table(environment: Environment) -> str:
    return str(look(environment, lambda context: context.version_table))

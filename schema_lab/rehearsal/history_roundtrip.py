"""The round trip of a history: each revision up, down and up again, on an empty database.

A `Trip` is the result for one revision, a `Roundtrip` the result for the whole history. The
tables are filled with sample rows, so that lost values are seen as well as leftovers in the
schema.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import sqlalchemy as sa

from schema_lab import migrate
from schema_lab.candidate import Metadata
from schema_lab.compare import Drift
from schema_lab.database import family
from schema_lab.errors import InputError, SchemaLabError
from schema_lab.history import (
    Environment,
    as_lab_errors,
    database_heads,
    fresh_sources,
    project_metadata,
    script_heads,
)
from schema_lab.rehearsal.copies import sweep
from schema_lab.rehearsal.migration_plan import MigrationPlan
from schema_lab.rehearsal.outcome import Failure, LostValues, losses_of
from schema_lab.rehearsal.rehearsal_copy import RehearsalCopy, drift_on, empty_copy
from schema_lab.rehearsal.round_trip import Schema, schema_of, traces
from schema_lab.rehearsal.table_state import State, state_of
from schema_lab.rehearsal.watched_run import (
    StateBefore,
    Watch,
    WatchedRun,
    compare_rows,
    run_watched,
    version_table,
)
from schema_lab.schema.words import TableKey
from schema_lab.seed import seed
from schema_lab.views import roundtrip as view

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = {
    "revision": "string",
    "finding": "string",
    "table": "string",
    "column": "string",
    "count": "Int64",
    "sentence": "string",
}


@dataclass(frozen=True)
class Trip:
    """The round trip of one revision: up, down and up again, with sample rows.

    Attributes
    ----------
    revision, message
        The revision's id and message.
    rows
        How many sample rows there were before the downgrade.
    failure, failed_at
        Why the trip failed, and where: at "upgrade", "downgrade" or "second upgrade".
    traces
        Differences in the schema after the downgrade, or after downgrade and second upgrade.
    destroyed
        Rows and values that the first upgrade destroys.
    lost
        Rows and values that are lost after downgrade and second upgrade.
    untried
        Why the revision was not tried; "" if it was.
    """

    revision: str
    message: str
    rows: int = 0
    failure: Failure | None = None
    failed_at: str = ""
    traces: tuple[str, ...] = ()
    destroyed: tuple[LostValues, ...] = ()
    lost: tuple[LostValues, ...] = ()
    untried: str = ""

    @property
    def leaves_no_trace(self) -> bool:
        """Whether each step succeeded and the schema is the same again; ignores the rows."""
        return self.failure is None and not self.traces

    @property
    def doubt(self) -> str:
        """Whether the sample rows may be the cause of the failure: code read them; "" if not."""
        ran = self.failure.statement.split() if self.failure is not None else []
        read = not ran or ran[0].upper() in ("SELECT", "UPDATE")
        if self.failure is None or not self.rows or not read:
            return ""
        return "The sample rows may be the cause: try it with rows=0."

    def found(self) -> Iterator[tuple[str, str | None, str | None, int | None, str]]:
        """List what was found, each as (finding, table, column, count, sentence)."""
        if self.failure is not None:
            sentence = f"the {self.failed_at} fails: {self.failure.sentence} {self.doubt}".strip()
            yield "failure", self.failure.table or None, None, None, sentence
        for trace in self.traces:
            yield "trace", None, None, None, trace
        for loss in self.destroyed:
            sentence = f"upgrading: {loss.sentence}"
            yield "destroyed", loss.table, loss.column, loss.count, sentence
        for loss in self.lost:
            sentence = f"downgrading and upgrading again: {loss.sentence}"
            yield "lost", loss.table, loss.column, loss.count, sentence
        if self.untried:
            yield "untried", None, None, None, self.untried


@dataclass(frozen=True)
class Roundtrip:
    """The round trips of a history's revisions, on an empty database.

    `drift` holds the differences between the models and the database at the head; None if they
    were not compared.
    """

    dialect: str
    trips: tuple[Trip, ...]
    drift: Drift | None = None
    notes: tuple[str, ...] = ()

    @property
    def leaves_no_trace(self) -> bool:
        """Whether every revision can be undone, and redone, with the same schema."""
        return all(trip.leaves_no_trace for trip in self.trips)

    @property
    def keeps_rows(self) -> bool:
        """Whether all sample rows and values survive every step."""
        return not any(trip.lost or trip.destroyed for trip in self.trips)

    @property
    def ok(self) -> bool:
        """Whether the schema is always the same again, and the models match it at the head."""
        return self.leaves_no_trace and not self.drift

    @property
    def frame(self) -> pd.DataFrame:
        """All findings as a table.

        Returns
        -------
        DataFrame
            revision, finding ("failure", "trace", "destroyed", "lost", "untried" or "drift"),
            table, column, sentence (string), count (Int64: rows or values).
        """
        from schema_lab.schema.frames.frames import stated_frame

        rows = [(trip.revision, *found) for trip in self.trips for found in trip.found()]
        rows += [
            ("", "drift", operation.table, operation.column, None, operation.sentence)
            for operation in self.drift or ()
        ]
        return stated_frame(COLUMNS, rows)

    def __repr__(self) -> str:
        return view.text(self)

    def _repr_html_(self) -> str:
        return view.html(self)


def roundtrip(
    environment: Environment,
    target: str = "head",
    rows: int = 20,
    seed: int = 0,
    metadata: Metadata | None = None,
) -> Roundtrip:
    """Run each revision up, down and up again on an empty database with sample rows.

    The database itself is only asked for its kind. It is not changed.

    Parameters
    ----------
    environment
        The project and its database.
    target
        The last revision: "head", an id, or a range such as "0002:0004", both ends included.
        Revisions before the range are only upgraded.
    rows
        Sample rows for each table; 0 for none.
    seed
        Any integer; the same seed gives the same rows.
    metadata
        The models; None: those of env.py.

    Raises
    ------
    InputError
        When the target is empty, or the number of rows is negative.
    HistoryError
        When there is no such revision.
    DatabaseError
        When no empty database can be created.
    """
    if rows < 0:
        raise InputError(f"{rows} is not a number of rows.", "Use 0 or more.")
    before, within = _revisions(environment, target)
    sweep(environment)
    watch = Watch()
    with empty_copy(environment, watch.listen) as copy:
        runner = RevisionRunner(copy, watch, rows, seed)
        trips = _trips(runner, before, within)
        drift = _drift(copy, metadata)
        dialect = family(environment.engine.dialect)
        return Roundtrip(dialect, trips, drift, tuple(runner.notes))


Named = tuple[str, str]
"""A revision's id and message."""


def _revisions(environment: Environment, target: str) -> tuple[list[Named], list[Named]]:
    """List the revisions below a range and those within it, oldest first."""
    if not target.strip():
        raise InputError("The target is empty.", 'Name a revision, "head", or a range "a:b".')
    start, colon, end = target.rpartition(":")
    scripts = environment.project.scripts()
    with as_lab_errors(environment.url), fresh_sources():
        upper = "heads" if end in ("", "head") else end
        walked = list(scripts.walk_revisions("base", upper))[::-1]
        listed = [(script.revision, script.doc) for script in walked]
        first = scripts.get_revision(start).revision if colon and start else ""
    if not first:
        return [], listed
    ids = [revision for revision, _ in listed]
    if first not in ids:
        raise InputError(
            f"Revision {start} is not below {end or 'head'}.", "See their order: lab.history()."
        )
    place = ids.index(first)
    return listed[:place], listed[place:]


def _trips(runner: RevisionRunner, before: list[Named], within: list[Named]) -> tuple[Trip, ...]:
    for named in before:
        passed = runner.upgrade(*named)
        if passed.failure is not None:
            return (passed,)
    trips: list[Trip] = []
    for place, named in enumerate(within):
        trip = runner.round_trip(*named)
        trips.append(trip)
        if trip.failed_at in ("upgrade", "second upgrade") or runner.is_stuck:
            reason = f"not tried, because revision {trip.revision} failed first"
            later = (Trip(*named, untried=reason) for named in within[place + 1 :])
            return (*trips, *later)
    return tuple(trips)


def _drift(copy: RehearsalCopy, metadata: Metadata | None) -> Drift | None:
    """Compare the models with the database at the head; None below the head or without models."""
    environment = copy.environment
    models = metadata if metadata is not None else project_metadata(environment)
    listed = models if isinstance(models, Sequence) else [models]
    if models is None or not any(model is not None and model.tables for model in listed):
        return None  # without models, every table would be a difference
    if database_heads(environment) != script_heads(environment.project.scripts()):
        return None
    return drift_on(copy, models)


@dataclass
class RevisionRunner:
    """Runs one revision after the other on a copy with sample rows. Changes the copy only.

    `notes` collects the tables that could not be filled.
    """

    copy: RehearsalCopy
    watch: Watch
    rows: int
    seed: int

    def __post_init__(self) -> None:
        self.notes: dict[str, None] = {}

    def round_trip(self, revision: str, message: str) -> Trip:
        """Run a revision up, down and up again; it stays applied unless the trip fails."""
        trip = Trip(revision, message)
        self._fill(key for key, table in self._state().items() if table.rows < self.rows)
        beginning, schema = StateBefore.of(self.copy), schema_of(self.copy)
        first = self._run(MigrationPlan("upgrade", revision, (revision,)))
        if first.run is None:
            rows = sum(table.rows for table in beginning.state.values())
            return replace(trip, rows=rows, failure=first.failure, failed_at="upgrade")
        trip = replace(trip, destroyed=self._lost(beginning, first.sql))
        self._fill(self._with_parents(_changed(beginning.state, self._state())))
        plan = MigrationPlan("downgrade", self._below(revision), (revision,))
        return self._down_and_up(trip, plan, schema)

    def _below(self, revision: str) -> str:
        """Name the target below one revision; other branches stay where they are."""
        script = self.copy.environment.project.scripts().get_revision(revision)
        below = script.down_revision or "base"
        return f"{revision}@{below if isinstance(below, str) else below[0]}"

    def upgrade(self, revision: str, message: str) -> Trip:
        """Upgrade through a revision that is below the range."""
        first = self._run(MigrationPlan("upgrade", revision, (revision,)))
        failed_at = "" if first.run else "upgrade"
        return Trip(revision, message, failure=first.failure, failed_at=failed_at)

    def _down_and_up(self, trip: Trip, downgrade: MigrationPlan, before: Schema) -> Trip:
        state, schema = StateBefore.of(self.copy), schema_of(self.copy)
        trip = replace(trip, rows=sum(table.rows for table in state.state.values()))
        down = self._run(downgrade)
        if down.run is None:
            return replace(trip, failure=down.failure, failed_at="downgrade")
        left = traces(before, schema_of(self.copy))
        up = self._run(MigrationPlan("upgrade", trip.revision, (trip.revision,)))
        if up.run is None:
            return replace(trip, traces=left, failure=up.failure, failed_at="second upgrade")
        left += traces(schema, schema_of(self.copy))
        lost = self._lost(state, [*down.sql, *up.sql])
        return replace(trip, traces=tuple(dict.fromkeys(left)), lost=lost)

    @property
    def is_stuck(self) -> bool:
        """Whether a revision stopped partway, so that no other revision can run."""
        return migrate.stopped_revision(self.copy.environment) is not None

    def _run(self, plan: MigrationPlan) -> WatchedRun:
        """Migrate; an error in the script itself is part of the result."""
        try:
            return run_watched(self.copy, plan, self.watch)
        except SchemaLabError as error:
            failure = Failure(error.fact, error.cure, plan.revisions[0], "")
            return WatchedRun(None, failure, ())

    def _lost(self, before: StateBefore, sql: list[str]) -> tuple[LostValues, ...]:
        return losses_of(compare_rows(self.copy, before, sql, show=False).differences)

    def _state(self) -> State:
        environment = self.copy.environment
        with as_lab_errors(environment.url), environment.engine.connect() as connection:
            return state_of(connection, version_table(self.copy))

    def _with_parents(self, keys: Iterable[TableKey]) -> set[TableKey]:
        """Add the tables that these refer to: a parent row may allow only one child."""
        environment = self.copy.environment
        with as_lab_errors(environment.url), environment.engine.connect() as connection:
            inspector, found, waiting = sa.inspect(connection), set[TableKey](), list(keys)
            while waiting:
                key = waiting.pop()
                if key in found:
                    continue
                found.add(key)
                links = inspector.get_foreign_keys(key[1], key[0])
                waiting += [
                    TableKey(link["referred_schema"], link["referred_table"]) for link in links
                ]
        return found

    def _fill(self, keys: Iterable[TableKey]) -> None:
        """Fill tables of the default schema; a table that cannot be filled is noted."""
        tables = sorted(name for schema, name in keys if schema is None)
        if tables and self.rows:
            on = self.copy.environment
            plain = Environment(
                *(on.project, on.url, on.wait),
                remembers=False,
                throwaway=True,
                arguments=on.arguments,
            )
            seeded = seed(plain, self.rows, self.seed, tables, lenient=True)
            self.notes.update(dict.fromkeys(seeded.notes))


def _changed(before: State, after: State) -> list[TableKey]:
    """List the tables that are new, or whose columns have changed."""
    return [
        key
        for key, table in after.items()
        if key not in before or before[key].columns.keys() != table.columns.keys()
    ]

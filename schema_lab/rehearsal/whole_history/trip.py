"""One revision up, down and up again, over sample rows."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import sqlalchemy as sa

from schema_lab import migrate
from schema_lab.errors import SchemaLabError
from schema_lab.history import Environment, as_lab_errors
from schema_lab.migrate.seed import seed
from schema_lab.rehearsal.copies import TableKey
from schema_lab.rehearsal.losing import losses_of
from schema_lab.rehearsal.performing import Act, Before, act, compare, version_table
from schema_lab.rehearsal.stage import Stage
from schema_lab.rehearsal.state import State, state_of
from schema_lab.rehearsal.tracing import Schema, schema_of, traces
from schema_lab.rehearsal.values import Failure, LostValues
from schema_lab.rehearsal.watching import Watch
from schema_lab.rehearsal.way import Way
from schema_lab.rehearsal.whole_history.values import Trip


@dataclass
class Traveller:
    """Goes one revision after the other on a stage, which fills and changes; the stage alone.

    `notes` collects which tables could not be filled.
    """

    stage: Stage
    watch: Watch
    rows: int
    seed: int

    def __post_init__(self) -> None:
        self.notes: dict[str, None] = {}

    def goes(self, revision: str, message: str) -> Trip:
        """Take a revision up, down and up again; it stands at the end unless the trip fails."""
        trip = Trip(revision, message)
        self._fill(key for key, table in self._state().items() if table.rows < self.rows)
        beginning, schema = Before.of(self.stage), schema_of(self.stage)
        first = self._act(Way("upgrade", revision, (revision,)))
        if first.run is None:
            return replace(trip, failure=first.failure, failed_at="upgrade")
        trip = replace(trip, destroyed=self._lost(beginning, first.sql))
        self._fill(self._with_parents(_changed(beginning.state, self._state())))
        back = Way("downgrade", first.run.before[0] if first.run.before else "base", (revision,))
        if len(first.run.before) > 1 or len(first.run.after) > 1:
            return replace(trip, untried="there is more than one head here to go back to")
        return self._there_and_back(trip, back, schema)

    def passes(self, revision: str, message: str) -> Trip:
        """Only upgrade through a revision that is not in the range."""
        first = self._act(Way("upgrade", revision, (revision,)))
        failed_at = "" if first.run else "upgrade"
        return Trip(revision, message, failure=first.failure, failed_at=failed_at)

    def _there_and_back(self, trip: Trip, back: Way, before: Schema) -> Trip:
        there, schema = Before.of(self.stage), schema_of(self.stage)
        trip = replace(trip, rows=sum(table.rows for table in there.state.values()))
        down = self._act(back)
        if down.run is None:
            return replace(trip, failure=down.failure, failed_at="downgrade")
        left = traces(before, schema_of(self.stage))
        up = self._act(Way("upgrade", trip.revision, (trip.revision,)))
        if up.run is None:
            return replace(trip, traces=left, failure=up.failure, failed_at="second upgrade")
        left += traces(schema, schema_of(self.stage))
        lost = self._lost(there, [*down.sql, *up.sql])
        return replace(trip, traces=tuple(dict.fromkeys(left)), lost=lost)

    @property
    def is_stuck(self) -> bool:
        """Whether a revision stopped half-way, so that nothing else can run."""
        return migrate.stopped_revision(self.stage.environment) is not None

    # steps -------------------------------------------------------------------------------------

    def _act(self, way: Way) -> Act:
        """Go a way; also what is wrong with the script itself is part of what is found."""
        try:
            return act(self.stage, way, self.watch)
        except SchemaLabError as error:
            failure = Failure(error.fact, error.cure, way.revisions[0], "")
            return Act(None, failure, ())

    def _lost(self, before: Before, sql: list[str]) -> tuple[LostValues, ...]:
        return losses_of(compare(self.stage, before, sql, show=False).differences)

    def _state(self) -> State:
        environment = self.stage.environment
        with as_lab_errors(environment.url), environment.engine.connect() as connection:
            return state_of(connection, version_table(self.stage))

    def _with_parents(self, keys: Iterable[TableKey]) -> set[TableKey]:
        """Add the tables that these point to, since a row of a parent may allow but one child."""
        environment = self.stage.environment
        with as_lab_errors(environment.url), environment.engine.connect() as connection:
            inspector, found, rest = sa.inspect(connection), set[TableKey](), list(keys)
            while rest:
                key = rest.pop()
                if key in found:
                    continue
                found.add(key)
                links = inspector.get_foreign_keys(key[1], key[0])
                rest += [(one["referred_schema"], one["referred_table"]) for one in links]
        return found

    def _fill(self, keys: Iterable[TableKey]) -> None:
        """Fill tables of the default schema; one that cannot be filled is noted."""
        tables = sorted(name for schema, name in keys if schema is None)
        if tables and self.rows:
            on = self.stage.environment
            plain = Environment(on.project, on.url, on.wait, remembers=False, throwaway=True)
            seeded = seed(plain, self.rows, self.seed, tables, lenient=True)
            self.notes.update(dict.fromkeys(seeded.notes))


def _changed(before: State, after: State) -> list[TableKey]:
    """List the tables that are new, or whose columns are others now."""
    return [
        key
        for key, table in after.items()
        if key not in before or before[key].columns.keys() != table.columns.keys()
    ]

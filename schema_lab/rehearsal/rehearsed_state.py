"""The state of a database and its scripts at a rehearsal, to tell later whether it has changed.

It holds the current revision, the code of the scripts that ran (without comments and docstrings,
so that a candidate and its file count as the same), the tables with their columns, and the number
of rows and values in each. For tables up to a size it also holds a checksum of all rows, which
changes when a value is overwritten.
"""

import ast
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from schema_lab.history import Environment, as_lab_errors, database_heads, fresh_sources, look
from schema_lab.migrate import Start
from schema_lab.rehearsal.table_state import Checksums, State, checksums_of, state_of

Counts = Mapping[str, int]

_ROWS = "rows in "


@dataclass(frozen=True)
class RehearsedState:
    """The heads, the scripts by revision, the columns' types, and the numbers of rows and values.

    `rows` is None if the database was too large to count; `checksums` leaves out large tables.
    """

    heads: tuple[str, ...]
    scripts: Mapping[str, str]
    schema: Mapping[str, str]
    rows: Counts | None
    checksums: Checksums = field(default_factory=dict)

    @classmethod
    def of(
        cls, environment: Environment, revisions: Iterable[str], *, count: bool
    ) -> "RehearsedState":
        """Read the state of a database and of the scripts that will run. Read-only."""
        version_table = look(environment, lambda context: context.version_table)
        with as_lab_errors(environment.url), environment.engine.connect() as connection:
            seen = _seen(connection, version_table, count)
        return cls(database_heads(environment), _scripts(environment, revisions), *seen)

    @classmethod
    def at(cls, start: Start, *, count: bool) -> "RehearsedState":
        """Read the state under the migration lock, for a run that is about to begin. Read-only."""
        scripts = {
            str(step.revision.revision): _code(Path(step.revision.path)) for step in start.steps
        }
        return cls(start.heads, scripts, *_seen(start.connection, start.version_table, count))

    def changed_since(self, environment: Environment) -> str:
        """Say in a sentence what has changed since; "" if nothing has. Read-only."""
        return self._changed(RehearsedState.of(environment, self.scripts, count=self.counted))

    def changed_at(self, start: Start) -> str:
        """Say what has changed, under the migration lock; "" if nothing has. Read-only."""
        return self._changed(RehearsedState.at(start, count=self.counted))

    @property
    def counted(self) -> bool:
        """Whether rows and values were counted."""
        return self.rows is not None

    @property
    def unread(self) -> tuple[str, ...]:
        """The tables that are too large for a checksum."""
        counted = (name for name in self.rows or () if name.startswith(_ROWS))
        tables = (name.removeprefix(_ROWS) for name in counted)
        return tuple(name for name in tables if name not in self.checksums)

    def _changed(self, now: "RehearsedState") -> str:
        if now.heads != self.heads:
            return f"The database is now at {', '.join(now.heads) or 'base'}."
        missing = [revision for revision in self.scripts if revision not in now.scripts]
        if missing:
            return f"The script of revision {', '.join(missing)} is missing."
        edited = [
            revision for revision, code in self.scripts.items() if now.scripts[revision] != code
        ]
        if edited:
            return f"The script of revision {', '.join(edited)} has changed."
        return (
            _changed_column(self.schema, now.schema)
            or _changed_count(self.rows or {}, now.rows or {})
            or _overwritten(self.checksums, now.checksums)
        )


def _changed_column(before: Mapping[str, str], now: Mapping[str, str]) -> str:
    for name in sorted(before.keys() | now.keys()):
        if name not in before:
            return f"Column `{name}` is new."
        if name not in now:
            return f"Column `{name}` no longer exists."
        if before[name] != now[name]:
            return f"The type of `{name}` was {before[name]} and is now {now[name]}."
    return ""


def _changed_count(before: Counts, now: Counts) -> str:
    for name in sorted(before.keys() | now.keys()):
        was, became = before.get(name, 0), now.get(name, 0)
        if was != became:
            counted, _, place = name.partition(" in ")
            return f"The number of {counted} in `{place}` was {was} and is now {became}."
    return ""


def _overwritten(before: Checksums, now: Checksums) -> str:
    changed = sorted(name for name in before if name in now and before[name] != now[name])
    tables = ", ".join(f"`{name}`" for name in changed)
    return f"Values in {tables} were overwritten." if changed else ""


def _seen(
    connection: sa.Connection, version_table: str, count: bool
) -> tuple[Mapping[str, str], Counts | None, Checksums]:
    """Return the columns' types, the counts, and the checksums of the tables' rows."""
    state = state_of(connection, version_table, count=count, keys=False)
    schema = {
        f"{table.name}.{column.name}": column.type
        for table in state.values()
        for column in table.columns.values()
    }
    if not count:
        return schema, None, {}
    return schema, _counts(state), checksums_of(connection, state.values())


def _counts(state: State) -> Counts:
    rows = {f"{_ROWS}{table.name}": table.rows for table in state.values()}
    values = {
        f"values in {table.name}.{column.name}": column.values
        for table in state.values()
        for column in table.columns.values()
    }
    return {**rows, **values}


def _scripts(environment: Environment, revisions: Iterable[str]) -> dict[str, str]:
    scripts = environment.project.scripts()
    with as_lab_errors(), fresh_sources():
        known = {script.revision: Path(script.path) for script in scripts.walk_revisions()}
    return {revision: _code(known[revision]) for revision in revisions if revision in known}


def _code(path: Path) -> str:
    """Return the checksum of a script's code, without comments and its dated docstring."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    if tree.body and isinstance(tree.body[0], ast.Expr):
        tree.body.pop(0)
    return hashlib.sha256(ast.dump(tree).encode()).hexdigest()

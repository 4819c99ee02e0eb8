"""What a rehearsal saw of a database and its scripts, to tell later whether it still holds.

It holds where the database stands, the code of the scripts on the way (without comments and
docstrings, so a candidate's file counts as the candidate), the tables with their columns, and how
many rows and values each holds; of tables up to a size also a checksum of all rows, which sees a
value that is written over by another.
"""

import ast
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from schema_lab.history import Environment, as_lab_errors, database_heads, fresh_sources, look
from schema_lab.migrate import Start
from schema_lab.rehearsal.checksums import Checksums, checksums_of
from schema_lab.rehearsal.state import State, state_of

Counts = Mapping[str, int]

_ROWS = "rows of "


@dataclass(frozen=True)
class Fingerprint:
    """The heads, the scripts on the way by revision, the columns, and rows and values by name.

    `rows` is None where the database was too large to count; `checksums` leaves out large tables.
    """

    heads: tuple[str, ...]
    scripts: Mapping[str, str]
    schema: Mapping[str, str]
    rows: Counts | None
    checksums: Checksums = field(default_factory=dict)

    @classmethod
    def of(
        cls, environment: Environment, revisions: Iterable[str], *, count: bool
    ) -> "Fingerprint":
        """Take it of a database and of the scripts that shall run. Read-only."""
        version_table = look(environment, lambda context: context.version_table)
        with as_lab_errors(environment.url), environment.engine.connect() as connection:
            seen = _seen(connection, version_table, count)
        return cls(database_heads(environment), _scripts(environment, revisions), *seen)

    @classmethod
    def at(cls, start: Start, *, count: bool) -> "Fingerprint":
        """Take it under the migration lock, of what is about to run. Read-only."""
        scripts = {
            str(step.revision.revision): _code(Path(step.revision.path)) for step in start.steps
        }
        return cls(start.heads, scripts, *_seen(start.connection, start.version_table, count))

    def changed_since(self, environment: Environment) -> str:
        """Say what has changed since in one sentence; "" when nothing has. Read-only."""
        return self._changed(Fingerprint.of(environment, self.scripts, count=self.counted))

    def changed_at(self, start: Start) -> str:
        """Say it under the migration lock; "" when nothing has changed. Read-only."""
        return self._changed(Fingerprint.at(start, count=self.counted))

    @property
    def counted(self) -> bool:
        """Whether rows and values were counted."""
        return self.rows is not None

    @property
    def unread(self) -> tuple[str, ...]:
        """The tables that are too large for a checksum."""
        tables = (
            name.removeprefix("rows of ") for name in self.rows or () if name[:8] == "rows of "
        )
        return tuple(name for name in tables if name not in self.checksums)

    def _changed(self, now: "Fingerprint") -> str:
        if now.heads != self.heads:
            return f"The database stands at {', '.join(now.heads) or 'base'} now."
        missing = [one for one in self.scripts if one not in now.scripts]
        if missing:
            return f"There is no script of {', '.join(missing)} on disk."
        edited = [one for one, code in self.scripts.items() if now.scripts[one] != code]
        if edited:
            return f"The script of {', '.join(edited)} is another now."
        for before, after in ((self.schema, now.schema), (self.rows or {}, now.rows or {})):
            difference = _difference(before, after)
            if difference:
                return difference
        return _written_over(self.checksums, now.checksums)


def _difference(before: Mapping[str, object], now: Mapping[str, object]) -> str:
    for name in sorted(before.keys() | now.keys()):
        if before.get(name) != now.get(name):
            was, became = before.get(name, "nothing"), now.get(name, "nothing")
            return f"{name} was {was}, and is {became} now."
    return ""


def _written_over(before: Checksums, now: Checksums) -> str:
    changed = sorted(name for name in before if name in now and before[name] != now[name])
    return f"Values of {', '.join(changed)} have been written over." if changed else ""


def _seen(
    connection: sa.Connection, version_table: str, count: bool
) -> tuple[Mapping[str, str], Counts | None, Checksums]:
    """Give the columns' types, the counts, and the checksums of the tables' rows."""
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
        f"values of {table.name}.{column.name}": column.values
        for table in state.values()
        for column in table.columns.values()
    }
    return {**rows, **values}


def _scripts(environment: Environment, revisions: Iterable[str]) -> dict[str, str]:
    scripts = environment.project.scripts()
    with as_lab_errors(), fresh_sources():
        known = {one.revision: Path(one.path) for one in scripts.walk_revisions()}
    return {one: _code(known[one]) for one in revisions if one in known}


def _code(path: Path) -> str:
    """Give the checksum of what a script does: no comments, no docstring with its date."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    if tree.body and isinstance(tree.body[0], ast.Expr):
        tree.body.pop(0)
    return hashlib.sha256(ast.dump(tree).encode()).hexdigest()

"""What a rehearsal saw of a database and its scripts, to tell later whether it still holds.

It holds where the database stands, the code of the scripts on the way (without comments and
docstrings, so a candidate's file counts as the candidate), the tables with their columns, and how
many rows and values each holds. A value that is written over by another is not seen.
"""

import ast
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from schema_lab.history import Environment, as_lab_errors, database_heads, fresh_sources, look
from schema_lab.rehearsal.state import State, state_of

Counts = Mapping[str, int]


@dataclass(frozen=True)
class Fingerprint:
    """The heads, the scripts on the way by revision, the columns, and rows and values by name.

    `rows` is None where the database was too large to count.
    """

    heads: tuple[str, ...]
    scripts: Mapping[str, str]
    schema: Mapping[str, str]
    rows: Counts | None

    @classmethod
    def of(
        cls, environment: Environment, revisions: Iterable[str], *, count: bool
    ) -> "Fingerprint":
        """Take it of a database and of the scripts that shall run. Read-only."""
        state = _state(environment, count)
        schema = {
            f"{table.name}.{column.name}": column.type
            for table in state.values()
            for column in table.columns.values()
        }
        scripts = _scripts(environment, revisions)
        rows = _counts(state) if count else None
        return cls(database_heads(environment), scripts, schema, rows)

    def changed_since(self, environment: Environment) -> str:
        """Say what has changed since in one sentence; "" when nothing has. Read-only."""
        now = Fingerprint.of(environment, self.scripts, count=self.rows is not None)
        if now.heads != self.heads:
            return f"The database stands at {', '.join(now.heads) or 'base'} now."
        missing = [one for one in self.scripts if one not in now.scripts]
        if missing:
            return f"There is no script of {', '.join(missing)} on disk."
        edited = [one for one, code in self.scripts.items() if now.scripts[one] != code]
        if edited:
            return f"The script of {', '.join(edited)} is another now."
        return _difference(self.schema, now.schema) or _difference(self.rows or {}, now.rows or {})


def _difference(before: Mapping[str, object], now: Mapping[str, object]) -> str:
    for name in sorted(before.keys() | now.keys()):
        if before.get(name) != now.get(name):
            was, became = before.get(name, "nothing"), now.get(name, "nothing")
            return f"{name} was {was}, and is {became} now."
    return ""


def _state(environment: Environment, count: bool) -> State:
    version_table = look(environment, lambda context: context.version_table)
    with as_lab_errors(environment.url), environment.engine.connect() as connection:
        return state_of(connection, version_table, count=count)


def _counts(state: State) -> Counts:
    rows = {f"rows of {table.name}": table.rows for table in state.values()}
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

"""A side of a comparison: what names it, and the database in which it can be read.

A side is "models", "database", "history", a revision such as "0003", "head" or "-1", a snapshot
such as "s1", the history in a git commit such as "git:main", or the URL of a database. All but the
models can be opened as a live database: the history is replayed, and a snapshot is restored into a
throwaway database.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import sqlalchemy as sa

from schema_lab.database import masked, resolve
from schema_lab.database.dialects import shared_name
from schema_lab.database.snapshots import Snapshot, Store
from schema_lab.errors import InputError
from schema_lab.history import Environment, revisions_of
from schema_lab.sides.commit import history_in
from schema_lab.sides.replay import HEADS, replayed, restored

MODELS, DATABASE, HISTORY = "models", "database", "history"
GIT = "git:"
"""What stands before the name of a commit, a branch or a tag."""


@dataclass(frozen=True)
class Side:
    """A side by its name, without secrets, and as a sentence says it.

    Examples
    --------
    >>> Side.of("database").words, Side.of("0003").words
    ('the database', 'revision 0003')
    >>> Side.of("git:main").words
    'the history in git commit main'
    >>> Side.of("mariadb://ann:secret@db/app").name
    'mariadb://ann:***@db/app'
    """

    name: str
    words: str
    url: sa.URL | None = None
    snapshot: Snapshot | None = None

    @classmethod
    def of(cls, given: str | sa.URL, environment: Environment | None = None) -> "Side":
        """Read what a user names; a project may have a snapshot of that name.

        Raises
        ------
        InputError
            When it is empty, or names a snapshot as well as a revision.
        """
        if isinstance(given, sa.URL) or "://" in given:
            name = masked(given)
            return cls(name, name, sa.make_url(given))
        if not given.strip() or given == GIT:
            raise InputError(
                "The name of a side is empty.",
                'Use "models", "database", "history", a revision, a snapshot, "git:" and a '
                "commit, or the URL of a database.",
            )
        if given.startswith(GIT):
            return cls(given, f"the history in git commit {given.removeprefix(GIT)}")
        if given in (MODELS, DATABASE, HISTORY):
            return cls(given, f"the {given}")
        snapshot = None if environment is None else _snapshot(environment, given)
        if snapshot is not None:
            return cls(given, f"snapshot {given}", snapshot=snapshot)
        return cls(given, f"revision {given}")

    @property
    def is_models(self) -> bool:
        """Whether this side is the models, which no database has."""
        return self.name == MODELS

    @contextmanager
    def opened(self, environment: Environment) -> Iterator[Environment]:
        """Open the side as a live database that is only read; a throwaway is dropped at the end.

        Raises
        ------
        SchemaLabError
            When there is no such revision, snapshot, commit or database.
        """
        if self.name == DATABASE:
            yield environment
        elif self.url is not None:
            yield self._elsewhere(environment)
        elif self.snapshot is not None:
            with restored(environment, self.snapshot) as copy:
                yield copy
        elif self.name.startswith(GIT):
            with (
                history_in(self.name.removeprefix(GIT), environment.project) as project,
                replayed(replace(environment, project=project)) as replay,
            ):
                yield replay
        else:
            target = HEADS if self.name == HISTORY else self.name
            with replayed(environment, target) as replay:
                yield replay

    def dialect(self, environment: Environment) -> str:
        """Name the dialect as far as a URL tells it: MariaDB and MySQL share a name. Read-only."""
        if self.snapshot is not None:
            return shared_name(self.snapshot.dialect)
        url = environment.url if self.url is None else self.url
        return shared_name(url.get_backend_name())

    def _elsewhere(self, environment: Environment) -> Environment:
        assert self.url is not None
        url = resolve(self.url, base=environment.project.root)
        file = Path(url.database or "")
        if url.get_backend_name() == "sqlite" and url.database and not file.is_file():
            raise InputError(
                f"{self.name} does not exist.", "Name the file of an existing SQLite database."
            )
        return Environment.opened(environment.project, url, environment.wait, environment.arguments)


def _snapshot(environment: Environment, name: str) -> Snapshot | None:
    """Find a snapshot of the project by its id; no revision may have the same."""
    snapshots = Store.of(environment.project.root).listed()
    found = next((snapshot for snapshot in snapshots if snapshot.id == name), None)
    if found is not None and name in revisions_of(environment.project.scripts()):
        raise InputError(
            f"{name} is both a snapshot and a revision.",
            "Restore the snapshot into a database of its own, and compare with its URL.",
        )
    return found

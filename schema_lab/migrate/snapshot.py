"""Snapshots of a project's database: taken with the checksums of its revisions, and restored.

Both run while no migration runs; a restore holds the migration lock.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from schema_lab.database.snapshots import Snapshot, Store, load, place_of, take
from schema_lab.errors import MigrationError
from schema_lab.history import (
    Checksums,
    CurrentState,
    Environment,
    as_lab_errors,
    checksums,
    database_heads,
    look,
)
from schema_lab.history.checksums import Applied
from schema_lab.migrate.safeguards import ready
from schema_lab.views import snapshot as view


def snapshot(environment: Environment, label: str = "") -> Snapshot:
    """Take a snapshot. Reads the database, writes a file in the project's .schema_lab/ folder.

    The copy shows one moment, in which no migration runs.

    Parameters
    ----------
    environment
        The project and its database.
    label
        A label, shown in lists.

    Raises
    ------
    DatabaseError
        When the database cannot be read, a tool is missing or too old, or the disk is full.
    """
    state = look(environment, CurrentState.of)
    with as_lab_errors(environment.url):
        return take(
            environment.engine,
            Store.of(environment.project.root),
            lambda: look(environment, CurrentState.of).heads,
            label,
            checksums(environment, state.birth).saved(),
            environment.wait,
        )


@dataclass(frozen=True, repr=False)
class Restored:
    """A database that was restored; the heads were read on fresh connections."""

    snapshot: Snapshot
    before: tuple[str, ...]
    after: tuple[str, ...]

    def __repr__(self) -> str:
        return view.restored_text(self)

    def _repr_html_(self) -> str:
        return view.restored_html(self)


def restore(
    environment: Environment, snapshot: Snapshot | str, *, elsewhere: bool = False
) -> Restored:
    """Replace the whole contents of the database by a snapshot's; changes the database.

    Everything that was created or written since the snapshot is lost permanently. A restore that
    fails leaves the database unchanged; `schema_lab.database.snapshots` says for each dialect how,
    and which gap MariaDB and MySQL leave.

    Parameters
    ----------
    environment
        The project and its database.
    snapshot
        A snapshot, or the id of one.
    elsewhere
        Restore it although it is a snapshot of another database.

    Raises
    ------
    InputError
        When there is no such snapshot, or it is of another dialect or another database.
    DatabaseError
        When the file is missing or damaged, a tool is missing or too old, or another connection
        holds the database.
    """
    store = Store.of(environment.project.root)
    chosen = store.get(snapshot) if isinstance(snapshot, str) else snapshot
    place = None if elsewhere else place_of(environment.url, store)
    with (
        as_lab_errors(environment.url),
        environment.engine.connect() as connection,
        ready(connection, environment.wait),
    ):
        before = database_heads(environment)
        load(connection, chosen, place, environment.wait)
    after = database_heads(environment)
    if after != chosen.heads:
        raise MigrationError(
            f"The snapshot {chosen.id} was taken at {', '.join(chosen.heads) or 'base'}, "
            f"but the database is at {', '.join(after) or 'base'}.",
            "Another program migrates this database. See lab.history(), then restore again.",
        )
    _record(environment, chosen)
    return Restored(chosen, before, after)


def _record(environment: Environment, snapshot: Snapshot) -> None:
    """Record the checksums of applied revisions that the snapshot holds."""
    file = environment.checksum_file
    with suppress(OSError, TypeError, ValueError):
        known = Checksums(
            {revision: Applied.of(saved) for revision, saved in snapshot.checksums.items()}
        )
        if file is not None:
            with file.alone():
                file.write(known, look(environment, CurrentState.of).birth)

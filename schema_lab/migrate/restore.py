"""Take the database back to a snapshot, under the migration lock."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from schema_lab.database.snapshots import Snapshot, Store, load, place_of
from schema_lab.errors import MigrationError
from schema_lab.history import (
    Checksums,
    Environment,
    Standing,
    as_lab_errors,
    database_heads,
    look,
)
from schema_lab.history.checksums import Applied
from schema_lab.migrate.connection import ready
from schema_lab.views import snapshot as view


@dataclass(frozen=True, repr=False)
class Restored:
    """A database that was taken back; the heads were read on fresh connections."""

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

    All that was made or written since the snapshot is gone. A restore that fails leaves the
    database as it was; `schema_lab.database.snapshots` says for each dialect how, and which gap
    MariaDB and MySQL leave.

    Parameters
    ----------
    environment
        The project and its database.
    snapshot
        A snapshot, or the id of one.
    elsewhere
        Restore it although it is a copy of another database.

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
            f"but the database stands at {', '.join(after) or 'base'}.",
            "Another program migrates this database; see lab.history(), then restore again.",
        )
    _remember(environment, chosen)
    return Restored(chosen, before, after)


def _remember(environment: Environment, snapshot: Snapshot) -> None:
    """Know of the applied revisions' files what was known then; without it, no more than that."""
    file = environment.checksum_file
    with suppress(OSError, TypeError, ValueError):
        known = Checksums({one: Applied.of(said) for one, said in snapshot.checksums.items()})
        if file is not None:
            with file.alone():
                file.write(known, look(environment, Standing.of).birth)

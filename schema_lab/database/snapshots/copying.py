"""Take a snapshot and restore one, on any dialect."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from schema_lab.database.connections.lock import DEFAULT_WAIT, exclusive
from schema_lab.database.dialects import family, shared
from schema_lab.database.failures import database_error
from schema_lab.database.snapshots import mariadb, postgresql, sqlite
from schema_lab.database.snapshots.store import Snapshot, Store, checked
from schema_lab.database.urls import masked
from schema_lab.errors import DatabaseError, InputError

_MODULES = shared({"sqlite": sqlite, "postgresql": postgresql, "mysql": mariadb})


def take(
    engine: sa.Engine,
    store: Store,
    heads: Callable[[], tuple[str, ...]],
    label: str = "",
    checksums: Mapping[str, Any] | None = None,
    wait: float = DEFAULT_WAIT,
) -> Snapshot:
    """Copy a database into a new file of the store. Reads the database, writes the file.

    The copy shows one moment: it is read in one transaction, while no migration runs. (Tables of
    an engine without transactions, such as MyISAM or Aria, may be copied while they change.)

    Parameters
    ----------
    engine
        The database.
    store
        Where the file goes.
    heads
        Reads at which revisions the database stands.
    label
        A word of the user's, shown in lists.
    checksums
        What is known of the applied revisions' files, kept beside the copy.
    wait
        Seconds to wait for a migration, or for another snapshot.

    Raises
    ------
    DatabaseError
        When the database cannot be read, a tool is missing or too old, or there is no room.
    """

    def fill(path: Path) -> dict[str, object]:
        with engine.connect() as connection, exclusive(connection, wait):
            before = heads()
            _module(connection).copy(connection, path, wait)
            if heads() != before:
                raise DatabaseError(
                    "The database was migrated while the snapshot was taken.",
                    "Take the snapshot again.",
                )
            return {
                "dialect": family(connection.dialect),
                "heads": before,
                "label": label,
                "checksums": dict(checksums or {}),
                "database": place_of(engine.url, store),
            }

    try:
        return store.write(_MODULES[engine.dialect.name].SUFFIX, fill, wait)
    except SQLAlchemyError as error:
        failure = database_error(error, engine.url)
    raise failure


def load(
    connection: sa.Connection,
    snapshot: Snapshot,
    place: str | None = None,
    wait: float = DEFAULT_WAIT,
) -> None:
    """Replace a database's whole contents by a snapshot's; changes the database.

    Whatever fails leaves the database as it was. On MariaDB and MySQL one gap stays, see
    `schema_lab.database.snapshots.mariadb`.

    Parameters
    ----------
    connection
        A connection that holds the migration lock, with no transaction open.
    snapshot
        What to load.
    place
        Which database this is, as `place_of` says it; None: load a copy of any.
    wait
        Seconds to wait for others who read or write the tables.

    Raises
    ------
    InputError
        When the snapshot is of another dialect, or of another place.
    DatabaseError
        When its file is missing or damaged, or the database refuses it.
    """
    dialect = family(connection.dialect)
    if snapshot.dialect != dialect:
        raise InputError(
            f"The snapshot {snapshot.id} is of {snapshot.dialect}, and this database is {dialect}.",
            f"Restore it through a lab on {snapshot.dialect}.",
        )
    if place not in (None, snapshot.database):
        raise InputError(
            f"The snapshot {snapshot.id} is a copy of {snapshot.database}, not of {place}.",
            f'To replace this database anyway: lab.restore("{snapshot.id}", elsewhere=True).',
        )
    _module(connection).load(connection, checked(snapshot), wait)


def place_of(url: sa.URL, store: Store) -> str:
    """Say which database a URL names, without user and secrets, to tell databases apart.

    Examples
    --------
    >>> place_of(sa.make_url("postgresql://ann:secret@host/app"), Store(Path("lab")))
    'postgresql://host/app'
    """
    if url.get_backend_name() == "sqlite":
        file, root = Path(url.database or ""), store.folder.parents[1]
        return str(file.relative_to(root) if file.is_relative_to(root) else file)
    hosts = {name: value for name, value in url.query.items() if name in ("host", "unix_socket")}
    bare = sa.URL.create(
        url.get_backend_name(), host=url.host, port=url.port, database=url.database, query=hosts
    )
    return masked(bare)


def _module(connection: sa.Connection) -> ModuleType:
    return _MODULES[connection.dialect.name]

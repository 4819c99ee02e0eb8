"""MariaDB and MySQL: their dump program writes the snapshot, and it is loaded by exchange."""

import zlib
from pathlib import Path
from zipfile import BadZipFile, ZipFile

import sqlalchemy as sa

from schema_lab.database.snapshots.mariadb_names import Names
from schema_lab.database.snapshots.mariadb_swap import swap
from schema_lab.database.snapshots.mariadb_tools import PROGRAMS, TABLES, Tools
from schema_lab.errors import DatabaseError

SUFFIX = ".zip"


def copy(connection: sa.Connection, path: Path, wait: float) -> None:
    """Write the database into an empty file. Read-only on the database."""
    tools = Tools.of(connection, wait)
    with path.open("wb") as file:
        tools.dump(Names.of(connection), file, (TABLES, *PROGRAMS))


def load(connection: sa.Connection, path: Path, wait: float) -> None:
    """Replace what is in the database; see `mariadb_swap` for what is atomic and what is not."""
    tools = Tools.of(connection, wait)
    try:
        with ZipFile(path) as archive:
            swap(connection, tools, archive, wait)
    except (BadZipFile, KeyError, zlib.error) as error:
        raise DatabaseError(
            f"The snapshot's archive is not whole: {error}.", "Choose another of lab.snapshots()."
        ) from None

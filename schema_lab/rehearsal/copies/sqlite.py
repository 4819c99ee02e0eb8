"""Copies of a SQLite file: its own backup into a temporary folder."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from schema_lab.database.snapshots import sqlite as backup
from schema_lab.history import Environment
from schema_lab.rehearsal.copies.folders import folder
from schema_lab.rehearsal.copies.values import Copy, Kept, TableKey

KEPT = "schema_lab_before"
"""The name under which the rows of before are attached."""


@contextmanager
def copy(environment: Environment) -> Iterator[Copy]:
    """Copy the file; the copy is gone at the end. Read-only on the live database."""
    with folder() as place:
        path, before = place / "copy.db", place / "before.db"
        path.touch(mode=0o600)
        with environment.engine.connect() as connection:
            backup.copy(connection, path, environment.wait)
        yield Copy(environment.url.set(database=str(path), query={}), kept(path, before), _MADE)


_MADE = "a copy of the file, made by SQLite's own backup"


def kept(path: Path, before: Path) -> Kept:
    """Keep the rows of before in a second copy of the file, attached where they are compared."""

    def keep(connection: sa.Connection, tables: Sequence[TableKey]) -> dict[TableKey, str]:
        shutil.copyfile(path, before)
        return {key: key[1] for key in tables}

    def attach(connection: sa.Connection) -> None:
        driver: Any = connection.connection.driver_connection
        driver.execute(f"ATTACH ? AS {KEPT}", (str(before),))

    return Kept(KEPT, keep, attach)

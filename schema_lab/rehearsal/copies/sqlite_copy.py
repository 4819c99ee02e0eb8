"""Copies of a SQLite file: SQLite's backup into a temporary folder."""

import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from schema_lab.database import engine_for
from schema_lab.database.snapshots import sqlite as backup
from schema_lab.history import Environment
from schema_lab.rehearsal.copies.copy import EMPTY, Copy, KeptCopy, folder
from schema_lab.rehearsal.copies.sampling import RowSample
from schema_lab.schema.reflection.listed import table_keys
from schema_lab.schema.words import TableKey

KEPT = "schema_lab_before"
"""The name under which the file with the kept rows is attached."""


@contextmanager
def copy(environment: Environment) -> Iterator[Copy]:
    """Copy the file; the copy is removed at the end. Read-only on the live database."""
    with folder() as place:
        path, before = place / "copy.db", place / "before.db"
        path.touch(mode=0o600)
        with environment.engine.connect() as connection:
            backup.copy(connection, path, environment.wait)
        yield Copy(_at(environment, path), kept(path, before), _MADE)


_MADE = "a copy of the file, made with SQLite's backup"


@contextmanager
def empty(environment: Environment) -> Iterator[Copy]:
    """Create an empty file; it is removed at the end. The live database is not read."""
    with folder() as place:
        path = place / "copy.db"
        path.touch(mode=0o600)
        yield Copy(_at(environment, path), kept(path, place / "before.db"), EMPTY)


@contextmanager
def sample(environment: Environment) -> Iterator[Copy]:
    """Create a file with the same schema and some of the rows. Read-only on the live database."""
    with folder() as place:
        path = place / "copy.db"
        with environment.engine.connect() as live, closing(sqlite3.connect(path)) as target:
            taken = RowSample.of(live, table_keys(sa.inspect(live)))
            created = live.exec_driver_sql(_CREATED).all()
            for (sql,) in (row[:1] for row in created if row.type == "table"):
                target.execute(sql)
            target.commit()
            with engine_for(_at(environment, path)).connect() as filled:
                taken.put(filled)
            for (sql,) in (row[:1] for row in created if row.type != "table"):
                target.execute(sql)
            target.commit()
        before = kept(path, place / "before.db")
        yield Copy(_at(environment, path), before, _SAMPLED, taken.counts)


_SAMPLED = "a new file with the same schema and some of the rows"
_CREATED = (
    "SELECT sql, type FROM sqlite_master"
    " WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite~_%' ESCAPE '~'"
    " ORDER BY type = 'view', type = 'trigger', rowid"
)


def _at(environment: Environment, path: Path) -> sa.URL:
    return environment.url.set(database=str(path), query={})


def kept(path: Path, before: Path) -> KeptCopy:
    """Keep rows in a second copy of the file, attached to the connection that compares them."""

    def keep(connection: sa.Connection, tables: Sequence[TableKey]) -> dict[TableKey, str]:
        shutil.copyfile(path, before)
        return {key: key[1] for key in tables}

    def attach(connection: sa.Connection) -> None:
        driver: Any = connection.connection.driver_connection
        driver.execute(f"ATTACH ? AS {KEPT}", (str(before),))

    return KeptCopy(KEPT, keep, attach)

"""Copies of a SQLite file: its own backup into a temporary folder."""

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
from schema_lab.rehearsal.copies.folders import folder
from schema_lab.rehearsal.copies.sampling import Sample
from schema_lab.rehearsal.copies.tables import table_keys
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
        yield Copy(_at(environment, path), kept(path, before), _MADE)


_MADE = "a copy of the file, made by SQLite's own backup"


@contextmanager
def sample(environment: Environment) -> Iterator[Copy]:
    """Make a file with the same schema and some of the rows. Read-only on the live database."""
    with folder() as place:
        path = place / "copy.db"
        with environment.engine.connect() as live, closing(sqlite3.connect(path)) as target:
            taken = Sample.of(live, table_keys(sa.inspect(live)))
            created = live.exec_driver_sql(_CREATED).all()
            for (sql,) in (one[:1] for one in created if one.type == "table"):
                target.execute(sql)
            target.commit()
            with engine_for(_at(environment, path)).connect() as filled:
                taken.put(filled)
            for (sql,) in (one[:1] for one in created if one.type != "table"):
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


def kept(path: Path, before: Path) -> Kept:
    """Keep the rows of before in a second copy of the file, attached where they are compared."""

    def keep(connection: sa.Connection, tables: Sequence[TableKey]) -> dict[TableKey, str]:
        shutil.copyfile(path, before)
        return {key: key[1] for key in tables}

    def attach(connection: sa.Connection) -> None:
        driver: Any = connection.connection.driver_connection
        driver.execute(f"ATTACH ? AS {KEPT}", (str(before),))

    return Kept(KEPT, keep, attach)

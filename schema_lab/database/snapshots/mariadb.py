"""Snapshots of MariaDB and MySQL: their dump program writes one, an exchange of tables restores it.

DDL cannot be rolled back there. So the snapshot is first loaded whole into a spare database. Then
one RENAME TABLE moves the live tables to a second spare database and the loaded tables into their
place: that step is atomic. Routines, views, triggers and events cannot be renamed into another
database; they are created again around that step. When one of them fails, the step is undone and
they are restored.

What is not atomic: a kill of this process, or of the server, in the moment around the RENAME.
Before it, the live tables may be left without their triggers; after it, the snapshot's tables
without some of the routines, views, triggers and events. Restoring again completes either; in the
second case it first asks for a look at the spare database that still holds the former tables.
Rows that an application writes in that moment are not seen by triggers.

A default that takes its value from a sequence names that sequence's database. So a snapshot with
such a default is refused while the live database lacks the sequence; create it again first.
"""

import hashlib
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from zipfile import BadZipFile, ZipFile

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from tenacity import Retrying, retry_if_exception, stop_after_delay, wait_random_exponential

from schema_lab.database.snapshots.mariadb_dump import PROGRAMS, TABLES, MariadbTools, Names
from schema_lab.errors import DatabaseError

_LOCK_ERRORS = {1205, 1213}
"""Lock wait timeout, deadlock: https://mariadb.com/kb/en/mariadb-error-codes/"""


def swap(connection: sa.Connection, tools: MariadbTools, archive: ZipFile, wait: float) -> None:
    """Replace what is in the database by what is in an archive; changes the database.

    Raises
    ------
    DatabaseError
        Before anything is touched when a table of another database refers to this one, when an
        interrupted restore has left something, or when the archive does not load; later only with
        all brought back.
    """
    live = Names.of(connection)
    outside = live.tables_that_refer_from_outside()
    if outside:
        raise DatabaseError(
            f"Foreign keys of {', '.join(outside)} refer to this database: a restore breaks them.",
            "Drop these foreign keys, restore, then create them again.",
        )
    with _spare_databases(live) as (new, old):
        _fill(tools, archive, new)
        attempts = Retrying(
            stop=stop_after_delay(wait),
            wait=wait_random_exponential(multiplier=0.1, max=3),
            retry=retry_if_exception(_locked),
            reraise=True,
        )
        with tempfile.TemporaryFile() as file:
            tools.dump(live, file, PROGRAMS)
            attempts(_Exchange(tools, archive, live, new, old, file).run)


def _fill(tools: MariadbTools, archive: ZipFile, new: Names) -> None:
    """Load everything into the spare database, to know that it loads; only its tables stay.

    Events come first, and go before there are tables that they could change.
    """
    tools.load(archive, "events.sql", new.database)
    new.drop(new.programs())
    for part in (TABLES, *PROGRAMS):
        if part != "events.sql":
            tools.load(archive, part, new.database)
    new.drop(new.programs())


@dataclass(frozen=True)
class _Exchange:
    """The exchange of the live tables for the loaded ones, with the way back."""

    tools: MariadbTools
    archive: ZipFile
    live: Names
    new: Names
    old: Names
    programs_before: IO[bytes]

    def run(self) -> None:
        """Exchange the tables and what belongs to them, or leave all as it was."""
        self._meet_no_lock()
        coming = self.new.tables()
        try:
            self._move_tables(coming)
            self.live.drop(self.live.programs())
            self._load_programs(self.archive)
        except BaseException as error:
            self._take_back(coming, error)
            raise

    def _meet_no_lock(self) -> None:
        """Find out whether somebody holds a table, while nothing has been touched."""
        self._patience("1")
        locks = ", ".join(f"{self.live.quoted(name)} WRITE" for name in self.live.tables())
        if locks:
            self.live.connection.exec_driver_sql(f"LOCK TABLES {locks}")
            self.live.connection.exec_driver_sql("UNLOCK TABLES")

    def _move_tables(self, coming: list[str]) -> None:
        """Move all tables at once; triggers forbid it, and so does a view of a table's name."""
        in_the_way = [("VIEW", name) for name in self.live.views() if name in coming]
        self.live.drop([*self.live.triggers(), *in_the_way])
        _rename([(self.live, self.old), (self.new, self.live)])

    def _take_back(self, coming: list[str], error: BaseException) -> None:
        try:
            self.live.connection.rollback()
            self._patience("DEFAULT")
            moved = bool(self.old.tables()) or (bool(coming) and not self.new.tables())
            self.live.drop(self.live.programs())
            if moved:
                _rename([(self.live, self.new), (self.old, self.live)])
            with ZipFile(self.programs_before) as programs:
                self._load_programs(programs)
        except (SQLAlchemyError, DatabaseError) as second:
            raise DatabaseError(
                f"The restore failed ({error}), and undoing it failed too ({second}).",
                f"Restore the same snapshot again; look into the database {self.old.database} "
                "for the former tables.",
            ) from None

    def _patience(self, seconds: str) -> None:
        sql = f"SET SESSION lock_wait_timeout = {seconds}"
        self.live.connection.exec_driver_sql(sql)

    def _load_programs(self, archive: ZipFile) -> None:
        for part in PROGRAMS:
            self.tools.load(archive, part, self.live.database)


def _rename(moves: list[tuple[Names, Names]]) -> None:
    """Move all tables from each database to the next, in one atomic statement."""
    pairs = [
        f"{source.quoted(name)} TO {target.quoted(name)}"
        for source, target in moves
        for name in source.tables()
    ]
    if pairs:
        moves[0][0].connection.exec_driver_sql(f"RENAME TABLE {', '.join(pairs)}")


def spare_names(database: str) -> tuple[str, str]:
    """Name the spare databases of a database: for the tables that come, and those that go.

    Examples
    --------
    >>> spare_names("app")
    ('schema_lab_new_a172cedcae47', 'schema_lab_old_a172cedcae47')
    """
    suffix = hashlib.sha256(database.encode()).hexdigest()[:12]
    return f"schema_lab_new_{suffix}", f"schema_lab_old_{suffix}"


@contextmanager
def _spare_databases(live: Names) -> Iterator[tuple[Names, Names]]:
    """Give two empty databases like the live one; they go at the end, unless tables are in danger.

    Raises
    ------
    DatabaseError
        When an interrupted restore has left tables there, or the user may not create databases.
    """
    new, old = (Names(live.connection, name) for name in spare_names(live.database))
    if old.tables():
        raise DatabaseError(
            f"An interrupted restore left the former tables in the database {old.database}.",
            "Check whether you need them, drop that database, then restore again.",
        )
    finished = False
    try:
        _create_database(new, live)
        _create_database(old, live)
        yield new, old
        finished = True
    finally:
        with suppress(SQLAlchemyError):  # when the server is gone, the next restore does it
            _drop_database(new)
            if finished or not old.tables():
                _drop_database(old)


def _create_database(spare: Names, live: Names) -> None:
    """Create a spare database anew: an interrupted restore may have left one."""
    sql = (
        "SELECT default_character_set_name, default_collation_name"
        " FROM information_schema.schemata WHERE schema_name = :database"
    )
    characters, collation = live.connection.execute(sa.text(sql), {"database": live.database}).one()
    live.connection.rollback()
    try:
        _drop_database(spare)
        spare.connection.exec_driver_sql(
            f"CREATE DATABASE {spare.quote(spare.database)}"
            f" CHARACTER SET {characters} COLLATE {collation}"
        )
    except DBAPIError as error:
        reason = error.orig.args[-1] if error.orig is not None else error
        raise DatabaseError(
            f"A restore needs a spare database, and the server says: {reason}.",
            "Ask for the right: GRANT ALL ON `schema\\_lab\\_%`.* TO this user.",
        ) from None


def _drop_database(spare: Names) -> None:
    spare.connection.exec_driver_sql("SET SESSION foreign_key_checks = 0")
    spare.connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {spare.quote(spare.database)}")
    spare.connection.exec_driver_sql("SET SESSION foreign_key_checks = 1")


def _locked(error: BaseException) -> bool:
    arguments = error.orig.args if isinstance(error, DBAPIError) and error.orig else ()
    return bool(arguments) and arguments[0] in _LOCK_ERRORS


SUFFIX = ".zip"


def copy(connection: sa.Connection, path: Path, wait: float) -> None:
    """Write the database into an empty file. Read-only on the database."""
    tools = MariadbTools.of(connection, wait)
    with path.open("wb") as file:
        tools.dump(Names.of(connection), file, (TABLES, *PROGRAMS))


def load(connection: sa.Connection, path: Path, wait: float) -> None:
    """Replace what is in the database; see `mariadb_swap` for what is atomic and what is not."""
    tools = MariadbTools.of(connection, wait)
    try:
        with ZipFile(path) as archive:
            swap(connection, tools, archive, wait)
    except (BadZipFile, KeyError, zlib.error) as error:
        raise DatabaseError(
            f"The snapshot's archive is incomplete: {error}.",
            "Choose another snapshot of `lab.snapshots()`.",
        ) from None

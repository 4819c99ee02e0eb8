"""The whole of a database as a value: compare it before and after a fault."""

import hashlib
import re
import subprocess
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

# pg_dump writes a random key into its output since the fix of CVE-2025-8714.
RANDOM_KEY = re.compile(r"^\\(un)?restrict .*\n", re.MULTILINE)
COUNTER = re.compile(r" AUTO_INCREMENT=\d+")


@dataclass(frozen=True)
class Dump:
    """What a database holds: its schema as text, and per table the count and checksum of rows."""

    schema: str
    rows: dict[str, tuple[int, str]]


def schema_dump(url: str | sa.URL) -> Dump:
    """Read the whole schema and a checksum of each table's rows."""
    engine = sa.create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        backend = engine.dialect.name
        if backend == "sqlite":
            return Dump(_sqlite_schema(connection), _rows(connection))
        if backend == "postgresql":
            return Dump(_postgresql_schema(engine.url), _rows(connection))
        return Dump(_mariadb_schema(connection), _rows(connection))


def _sqlite_schema(connection: sa.Connection) -> str:
    found = connection.exec_driver_sql(
        "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name"
    )
    return "\n".join(" | ".join(map(str, row)) for row in found)


def _postgresql_schema(url: sa.URL) -> str:
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    written = subprocess.run(
        ["pg_dump", "--schema-only", f"--dbname={plain}"],
        check=True,
        capture_output=True,
        text=True,
    )
    return RANDOM_KEY.sub("", written.stdout)


def _mariadb_schema(connection: sa.Connection) -> str:
    quote = connection.dialect.identifier_preparer.quote_identifier
    listed = connection.exec_driver_sql("SHOW FULL TABLES").all()
    created = []
    for name, kind in sorted(tuple(row) for row in listed):
        verb = "VIEW" if kind == "VIEW" else "TABLE"
        row = connection.exec_driver_sql(f"SHOW CREATE {verb} {quote(name)}").one()
        created.append(COUNTER.sub("", row[1]))
    triggers = connection.exec_driver_sql(
        "SELECT trigger_name, action_timing, event_manipulation, event_object_table,"
        " action_statement FROM information_schema.triggers"
        " WHERE trigger_schema = DATABASE() ORDER BY trigger_name"
    )
    return "\n".join([*created, *(" | ".join(map(str, row)) for row in triggers)])


def _rows(connection: sa.Connection) -> dict[str, tuple[int, str]]:
    inspector = sa.inspect(connection)
    if connection.dialect.name == "postgresql":
        schemas = set(inspector.get_schema_names()) - {"information_schema"}
    else:
        schemas = {inspector.default_schema_name or "main"}
    options = {"sqlite_include_internal": True} if connection.dialect.name == "sqlite" else {}
    named = [(s, name) for s in schemas for name in inspector.get_table_names(s, **options)]
    return {f"{s}.{name}": _checksum(connection, s, name) for s, name in sorted(named)}


def _checksum(connection: sa.Connection, schema: str, name: str) -> tuple[int, str]:
    table = sa.table(name, schema=schema)
    rows = connection.execute(sa.select(sa.text("*")).select_from(table)).all()
    spelled = sorted(repr(tuple(row)) for row in rows)
    return len(rows), hashlib.sha256("\n".join(spelled).encode()).hexdigest()

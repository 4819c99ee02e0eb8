"""PostgreSQL databases that are emptied and used again, since to create and drop one takes long.

Each use has a name of its own, so nothing that remembers a database by its name takes the next use
for the last. A database in which more was changed than schemas is dropped.
"""

import atexit
import uuid
from contextlib import suppress
from typing import Any

import psycopg
import sqlalchemy as sa

OLDEST = 150000
"""The first version in which schema "public" is made as it is made here."""

_LEAVE = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
_EMPTY = """
DO $$ DECLARE name text; BEGIN
    FOR name IN SELECT nspname FROM pg_namespace
        WHERE (oid >= 16384 AND nspname NOT LIKE 'pg~_%' ESCAPE '~') OR nspname = 'public'
    LOOP EXECUTE format('DROP SCHEMA %I CASCADE', name); END LOOP;
    CREATE SCHEMA public AUTHORIZATION pg_database_owner;
    GRANT USAGE ON SCHEMA public TO PUBLIC;
    COMMENT ON SCHEMA public IS 'standard public schema';
END $$"""
_LEFT = """
SELECT current_setting('server_version_num')::int,
    (SELECT count(*) FROM pg_extension WHERE extname <> 'plpgsql')
    + (SELECT count(*) FROM pg_event_trigger)
    + (SELECT count(*) FROM pg_publication)
    + (SELECT count(*) FROM pg_foreign_data_wrapper)
    + (SELECT count(*) FROM pg_largeobject_metadata)
    + (SELECT count(*) FROM pg_default_acl)
    + (SELECT count(*) FROM pg_cast WHERE oid >= 16384)
    + (SELECT count(*) FROM pg_language WHERE oid >= 16384)
    + (SELECT count(*) FROM pg_prepared_xacts WHERE database = current_database())
    + (SELECT count(*) FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase
        WHERE d.datname = current_database())
    + (SELECT count(*) FROM pg_database
        WHERE datname = current_database() AND (datacl IS NOT NULL OR datconnlimit <> -1))"""

RESTING = 2
"""Databases that wait at least, so that who has just left one is gone when it is renamed."""

_free: dict[sa.URL, list[str]] = {}


def taken(server: sa.URL) -> str:
    """Give the name of an empty database: a new one, or a former one under a new name."""
    name = f"schema_lab_test_{uuid.uuid4().hex[:12]}"
    if server not in _free:
        _free[server] = []
        atexit.register(_drop_all, server)
    if len(_free[server]) >= RESTING:
        former = _free[server].pop(0)
        with suppress(psycopg.errors.ObjectInUse):  # somebody has come back to it: leave it
            _asked(server, f"ALTER DATABASE {former} RENAME TO {name}")
            return name
        drop(server, former)
    _asked(server, f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0")
    return name


def given_back(server: sa.URL, name: str) -> None:
    """Empty a database for the next use, or drop it where that cannot be."""
    try:
        version, more = _asked(server.set(database=name), _LEAVE, _EMPTY, _LEFT)
    except psycopg.Error:  # it is gone, or too much for one transaction
        drop(server, name)
        return
    if version >= OLDEST and not more:
        _free[server].append(name)
    else:
        drop(server, name)


def drop(server: sa.URL, name: str) -> None:
    """Drop a database, whoever still uses it."""
    _asked(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _drop_all(server: sa.URL) -> None:
    for name in _free.pop(server, []):
        with suppress(psycopg.Error):
            drop(server, name)


def _asked(url: sa.URL, *statements: str) -> Any:
    """Run statements, each committed at once, and give the first row of the last."""
    place = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(place, autocommit=True, connect_timeout=5) as connection:
        for statement in statements:
            cursor = connection.execute(statement.encode())
        return cursor.fetchone() if cursor.description else None

"""The fixtures themselves: what every other test relies on."""

import os
import subprocess
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.conftest import FreshDatabase, RunAlembic
from tests.support.dump import schema_dump
from tests.support.servers import fresh_database

HOSTILE = 'a "b" `c` 100% <script>'


def _execute(url: str, *statements: sa.Executable) -> None:
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(statement)
    engine.dispose()


def test_a_fresh_database_is_empty(database_url: str) -> None:
    """Each test starts on a database without a table."""
    assert schema_dump(database_url).rows == {}


def test_two_fresh_databases_are_two(dialect: str, new_database: FreshDatabase) -> None:
    """A table of one test database is not in the other."""
    first, second = new_database(dialect), new_database(dialect)
    _execute(first, sa.text("CREATE TABLE here (id INTEGER)"))
    assert len(schema_dump(first).rows) == 1
    assert schema_dump(second).rows == {}


def _left_open(dialect: str, folder: Path) -> str:
    """Use a database, end in the middle of a transaction, and give the URL that it had."""
    with fresh_database(dialect, folder) as url:
        connection = sa.create_engine(url).connect()
        connection.execute(sa.text("CREATE TABLE held (id INTEGER)"))
        connection.execute(sa.text("SELECT * FROM held"))
    connection.invalidate()
    connection.close()
    return url


@pytest.mark.mariadb
def test_a_database_is_dropped_with_a_transaction_open(tmp_path: Path) -> None:
    """MariaDB keeps no database of a test that ended in the middle of a transaction."""
    url = _left_open("mariadb", tmp_path)
    with pytest.raises(sa.exc.OperationalError, match="Unknown database"):
        sa.create_engine(url).connect()


@pytest.mark.postgresql
def test_a_database_is_emptied_with_a_transaction_open(tmp_path: Path) -> None:
    """PostgreSQL keeps no table of a test that ended in the middle of a transaction."""
    assert schema_dump(_left_open("postgresql", tmp_path)).rows == {}


# The embedded server has few of them.
_EXTENSION = """
DO $$ BEGIN EXECUTE (
    SELECT format('CREATE EXTENSION %I', name) FROM pg_available_extensions
    WHERE name <> 'plpgsql' ORDER BY name = 'citext' DESC, name LIMIT 1
); END $$"""


@pytest.mark.postgresql
@pytest.mark.parametrize(
    "more",
    [
        "CREATE SCHEMA more CREATE TABLE t (id INT)",
        _EXTENSION,
        "SELECT lo_create(7)",
    ],
    ids=["schema", "extension", "large object"],
)
def test_nothing_of_one_test_is_in_a_later_one(tmp_path: Path, more: str) -> None:
    """Whatever a test leaves in PostgreSQL, the next databases are as empty as the first."""

    def found() -> list[object]:
        with fresh_database("postgresql", tmp_path) as url:
            engine = sa.create_engine(url, poolclass=sa.NullPool)
            with engine.begin() as connection:
                seen = connection.execute(_ALL).one()
                connection.execute(sa.text(more))
            return list(seen)

    assert len({tuple(found()) for _ in range(4)}) == 1


_ALL = sa.text(
    "SELECT (SELECT count(*) FROM pg_namespace WHERE nspname !~ '^pg_(temp|toast_temp)'),"
    " (SELECT count(*) FROM pg_class), (SELECT count(*) FROM pg_extension),"
    " (SELECT count(*) FROM pg_largeobject_metadata),"
    " (SELECT count(*) FROM pg_description"
    "  WHERE objoid >= 16384 AND objoid <> 'public'::regnamespace),"
    " (SELECT nspacl::text FROM pg_namespace WHERE nspname = 'public'),"
    " (SELECT obj_description(oid) FROM pg_namespace WHERE nspname = 'public')"
)


def test_a_dump_sees_a_changed_row(database_url: str) -> None:
    """One changed value changes the checksum of its table and not the schema."""
    table = sa.table(HOSTILE, sa.column("n"))
    created = sa.Table(HOSTILE, sa.MetaData(), sa.Column("n", sa.Integer))
    _execute(database_url, sa.schema.CreateTable(created), table.insert().values(n=1))
    before = schema_dump(database_url)
    _execute(database_url, table.update().values(n=2))
    after = schema_dump(database_url)
    assert after.schema == before.schema
    assert after.rows != before.rows
    assert [count for count, _ in after.rows.values()] == [1]


def test_a_dump_sees_a_changed_schema(database_url: str) -> None:
    """One new column changes the schema, and the same database gives the same dump."""
    _execute(database_url, sa.text("CREATE TABLE t (id INTEGER)"))
    before = schema_dump(database_url)
    assert schema_dump(database_url) == before
    _execute(database_url, sa.text("ALTER TABLE t ADD COLUMN extra INTEGER DEFAULT 7"))
    assert schema_dump(database_url).schema != before.schema


def test_no_outer_database_reaches_a_test() -> None:
    """DATABASE_URL of the person who runs the tests is not seen by them."""
    assert "DATABASE_URL" not in os.environ


def test_the_project_is_a_copy(project: Path) -> None:
    """A test works on its own alembic.ini and scripts."""
    assert (project / "alembic.ini").is_file()
    assert (project / "alembic" / "env.py").is_file()
    assert Path(__file__).parents[2] not in project.parents


def test_alembic_runs_in_the_project(run_alembic: RunAlembic) -> None:
    """`alembic --version` starts the installed program."""
    result = run_alembic("--version")
    assert isinstance(result, subprocess.CompletedProcess)
    assert (result.returncode, result.stderr) == (0, "")

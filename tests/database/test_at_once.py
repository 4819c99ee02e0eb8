"""Tables read at once are what they are when read one by one."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

from schema_lab.candidate import Asking, env_options
from schema_lab.candidate.comparison import _read
from schema_lab.compare import Memory
from schema_lab.database.connections.engines import engine_for
from schema_lab.schema import read_at_once, reflected_word_for_word
from schema_lab.schema.reflection.known import EVERYTHING
from tests.round_trip.spec import models
from tests.round_trip.strategies import schemas
from tests.round_trip.walk import Walk
from tests.support.engines import engine_of
from tests.support.servers import SERVERS, fresh_database

EXAMPLES = int(os.environ.get("SCHEMA_LAB_ROUND_TRIPS", "0"))
ODD = Path(__file__).parent / "odd_tables"
KINDS = (*EVERYTHING, "get_multi_table_comment")


def odd_tables(dialect: str) -> list[str]:
    """Give the statements that make tables of every odd kind."""
    text = (ODD / f"{dialect}.sql").read_text(encoding="utf-8")
    return text.removesuffix(";\n").split(";\n")


def said(value: Any) -> Any:
    """Give what was reflected as values that can be compared."""
    if isinstance(value, dict):
        return {key: said(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [said(one) for one in value]
    return value if isinstance(value, str | int | None) else (type(value).__name__, str(value))


def reflected(connection: sa.Connection, *, at_once: bool) -> Any:
    """Reflect all tables, with or without reading them at once before."""
    with reflected_word_for_word():
        inspector = sa.inspect(connection)
        if at_once:
            read_at_once(inspector, inspector.get_table_names())
        found = {}
        for kind in KINDS:
            try:
                found[kind] = said(getattr(inspector, kind)())
            except NotImplementedError:
                found[kind] = "never"
        return found


def script(
    connection: sa.Connection, metadata: sa.MetaData, memory: Memory | None, **given: Any
) -> Any:
    """Give the operations and the code that make the database equal the models."""
    options = env_options(metadata, Asking())({"connection": connection, **given})
    prefixes = {"sqlalchemy_module_prefix": "sa.", "alembic_module_prefix": "op."}
    options = {**prefixes, "user_module_prefix": None, **options}
    with reflected_word_for_word():
        context = MigrationContext.configure(connection, opts=options)
        found = _read(context, None, memory=memory)
    connection.rollback()
    return found.operations, dict(found.template_arguments)


def same(connection: sa.Connection, *metadatas: sa.MetaData) -> None:
    """Hold what is read at once against what is read table by table."""
    assert reflected(connection, at_once=True) == reflected(connection, at_once=False)
    for metadata in metadatas:
        assert script(connection, metadata, Memory()) == script(connection, metadata, None)


@contextmanager
def opened(dialect: str, folder: Path) -> Iterator[sa.Connection]:
    """Connect to an empty database as the lab does."""
    with (
        fresh_database(dialect, folder) as url,
        engine_for(sa.make_url(url)).connect() as connection,
    ):
        yield connection


@pytest.fixture
def odd(dialect: str, tmp_path: Path) -> Iterator[sa.Connection]:
    """Open a database with tables of every odd kind."""
    with opened(dialect, tmp_path) as connection:
        for statement in odd_tables(dialect):
            connection.exec_driver_sql(statement.replace("%", "%%"))
        connection.commit()
        yield connection


def test_odd_tables_are_the_same(odd: sa.Connection) -> None:
    """Odd names, keys, indexes, defaults and options are read at once as one by one."""
    listed = sa.inspect(odd).get_table_names()
    assert len(listed) > 8
    same(odd, sa.MetaData())


@pytest.mark.parametrize("dialect", ["sqlite", "mariadb"], indirect=False)
def test_nothing_is_asked_again(odd: sa.Connection) -> None:
    """After all is read, the Inspector asks the database nothing more about tables."""
    with reflected_word_for_word():
        inspector = sa.inspect(odd)
        read_at_once(inspector, inspector.get_table_names())
        asked: list[str] = []
        sa.event.listen(odd, "before_cursor_execute", lambda *all_: asked.append(all_[2]))
        for kind in EVERYTHING:
            getattr(inspector, kind)()
    assert asked == []


@pytest.mark.parametrize("dialect", ["postgresql"], indirect=False)
def test_no_sequence_is_asked_for(odd: sa.Connection) -> None:
    """A SERIAL column costs no query of its own; its default is left out all the same."""
    asked: list[str] = []
    sa.event.listen(odd, "before_cursor_execute", lambda *all_: asked.append(all_[2]))
    operations, code = script(odd, sa.MetaData(), Memory())
    assert [one for one in asked if "as regclass" in one] == []
    assert "loose" in str(code)
    assert "plain_id_seq" not in str(code)
    assert operations


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=False)
def test_temporary_tables_are_read_one_by_one(odd: sa.Connection) -> None:
    """A temporary table that hides one of the file is what is reflected."""
    odd.exec_driver_sql("CREATE TEMPORARY TABLE plain (hidden TEXT)")
    odd.commit()
    same(odd)
    found = reflected(odd, at_once=True)["get_multi_foreign_keys"]
    assert (None, "plain") in found


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=False)
def test_a_table_that_nobody_can_read_is_let_alone(odd: sa.Connection) -> None:
    """A virtual table without its module, which env.py leaves out, spoils no other table."""
    expected = script(odd, sa.MetaData(), None)
    odd.exec_driver_sql("PRAGMA writable_schema = ON")
    odd.exec_driver_sql(
        "INSERT INTO sqlite_master VALUES ('table', 'gone', 'gone', 0,"
        " 'CREATE VIRTUAL TABLE gone USING not_there(a)')"
    )
    odd.commit()
    odd.exec_driver_sql("PRAGMA schema_version = 4711")
    odd.commit()
    found = script(odd, sa.MetaData(), Memory(), include_name=lambda name, *_: name != "gone")
    assert found == expected


class Spelled(SQLiteDialect_pysqlite):
    """A version of the dialect that asks in other words."""

    supports_statement_cache = True

    def _get_table_pragma(
        self, connection: Any, pragma: str, table: str, schema: Any = None
    ) -> Any:
        name = self.identifier_preparer.quote_identifier(table)
        return connection.exec_driver_sql(f"PRAGMA  main . {pragma}({name})").fetchall()


class Other(SQLiteDialect_pysqlite):
    """A dialect that the lab has no way of its own for."""

    name = "other"
    supports_statement_cache = True


@pytest.mark.parametrize("made", [Spelled, Other])
def test_what_is_not_known_is_asked(made: type[Any], tmp_path: Path) -> None:
    """Another version of a dialect, and another dialect, are read as ever."""
    sa.dialects.registry.register(made.__name__.lower(), __name__, made.__name__)
    sqlite, other = (f"{one}:///{tmp_path}/odd.db" for one in ("sqlite", made.__name__.lower()))
    with engine_of(sqlite) as engine, engine.begin() as connection:
        for statement in odd_tables("sqlite"):
            connection.exec_driver_sql(statement)
        expected = reflected(connection, at_once=False)
    with engine_of(other) as engine, engine.connect() as connection:
        assert connection.dialect.name in ("sqlite", "other")
        assert reflected(connection, at_once=True) == expected


@pytest.fixture(scope="module", params=["sqlite", *SERVERS])
def walk(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Walk]:
    """Open one database for all examples."""
    folder = tmp_path_factory.mktemp("at_once")
    with fresh_database(request.param, folder) as url, Walk.on(url, folder) as opened_walk:
        yield opened_walk


@settings(
    max_examples=EXAMPLES or 4,
    derandomize=not EXAMPLES,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
def test_random_tables_are_the_same(walk: Walk, data: st.DataObject) -> None:
    """Random schemas are the same, read at once or one by one; so are scripts over them."""
    dialect = walk.dialect if walk.dialect != "mysql" else "mariadb"
    first = models(data.draw(schemas(dialect)), dialect)
    second = models(data.draw(schemas(dialect)), dialect)
    walk.clear()
    walk.make(first)
    same(walk.connection, first, second, sa.MetaData())
    walk.connection.rollback()

"""A rehearsal of tables with very many columns, and of copies that the server knows nothing of."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from schema_lab.rehearsal.copies.copy import keep_rows
from schema_lab.schema.words import TableKey
from tests.support.revisions import Walk

COLUMNS = {"sqlite": 350, "postgresql": 850, "mariadb": 350}
"""PostgreSQL allows 1664 entries in a SELECT, and SQLite a condition that is 1000 deep."""
WIDE = """
numbers = range({columns})
op.create_table(
    "wide",
    sa.Column("id", sa.Integer, primary_key=True),
    *(sa.Column(f"c{{i}}", sa.Integer) for i in numbers),
)
op.execute("INSERT INTO wide (id, c1, c{last}) VALUES (1, 1, 2)")
"""
CHANGE = """
op.execute("UPDATE wide SET " + ", ".join(f"c{{i}} = {{i}}" for i in range({columns})))
op.execute("UPDATE wide SET c1 = NULL")
"""


def test_a_table_of_many_columns_is_compared(
    tmp_path: Path, database_url: str, dialect: str
) -> None:
    """More columns than a server compares at once: the first and the last change are seen."""
    columns = COLUMNS[dialect]
    walk = Walk.begin(tmp_path / "walk", database_url)
    walk.revision("0001", WIDE.format(columns=columns, last=columns - 1))
    walk.lab().upgrade()
    walk.revision("0002", CHANGE.format(columns=columns))
    report = walk.lab().rehearse()
    assert report.succeeded
    assert [loss.name for loss in report.losses] == ["wide.c1"]
    assert f"c{columns - 1}" in {sample.column for sample in report.samples}


@pytest.mark.parametrize("dialect", ["postgresql"])
def test_the_server_knows_how_large_a_copy_is(engine: sa.Engine) -> None:
    """Without statistics PostgreSQL compares large copies row by row, which does not end."""
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE logs AS SELECT generate_series(1, 500) AS id")
        connection.exec_driver_sql("CREATE SCHEMA kept")
        keep_rows(connection, [TableKey(None, "logs")], "kept")
        found = connection.exec_driver_sql(
            "SELECT reltuples FROM pg_class WHERE relname IN ('logs', 't0') AND relkind = 'r'"
        )
        assert found.scalars().all() == [500, 500]


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_an_empty_table_is_asked_nothing(tmp_path: Path, database_url: str) -> None:
    """Where a table had no row, nothing can be lost: of a hundred tables, each question counts."""
    walk = Walk.begin(tmp_path / "walk", database_url)
    walk.revision("0001", 'op.create_table("empty", sa.Column("id", sa.Integer, primary_key=True))')
    walk.lab().upgrade()
    walk.revision("0002", 'op.add_column("empty", sa.Column("name", sa.String(20)))')
    asked: list[str] = []

    def note(*given: object) -> None:
        asked.append(str(given[2]))

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        report = walk.lab().rehearse()
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)
    assert report.succeeded
    assert report.losses == ()
    assert [sql for sql in asked if " JOIN empty" in sql] == []

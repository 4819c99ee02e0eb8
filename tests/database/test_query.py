"""query: one statement that reads, and cannot write."""

import pytest
import sqlalchemy as sa

from schema_lab.errors import DatabaseError, InputError
from schema_lab.schema.frames.tables import query, rows, tables
from tests.database.conftest import execute
from tests.support.dump import schema_dump

WRITES = [
    "INSERT INTO teams VALUES (9)",
    "INSERT INTO teams VALUES (9) RETURNING id",
    "DELETE FROM users",
    "CREATE TABLE more (id INTEGER)",
    "DROP TABLE users",
    "ALTER TABLE users ADD COLUMN more INTEGER",
    "SELECT 1; DELETE FROM users",
    "COMMIT; DELETE FROM users",
]


def test_a_query_is_sent_as_it_stands(filled: sa.Engine) -> None:
    """Percent signs, colons and quotes mean in a query what they mean in SQL."""
    sql = "SELECT id, ':a %(b)s %s' AS x FROM users WHERE name LIKE '100%' OR age = 40 ORDER BY id"
    assert query(filled, sql).to_dict("list") == {"id": [1, 2], "x": [":a %(b)s %s"] * 2}


def test_a_query_is_cut_at_its_limit(filled: sa.Engine) -> None:
    """A large result does not fill the notebook."""
    assert query(filled, "SELECT id FROM users ORDER BY id", limit=2)["id"].tolist() == [1, 2]


def test_a_query_may_name_a_column_twice(filled: sa.Engine) -> None:
    """A join of two tables with an id each shows both."""
    joined = query(filled, "SELECT u.id, t.id FROM users u JOIN teams t ON t.id = u.team_id")
    assert list(joined.columns) == ["id", "id"]
    assert len(joined) == 3


def test_a_query_without_rows_keeps_its_columns(filled: sa.Engine) -> None:
    """An empty result still says what it is about."""
    assert list(query(filled, "SELECT id, name FROM users WHERE id < 0").columns) == ["id", "name"]


def test_a_query_cannot_write(filled: sa.Engine, database_url: str) -> None:
    """A statement that writes is refused by the database itself, also behind a COMMIT."""
    before = schema_dump(database_url)
    for write in WRITES:
        with pytest.raises(DatabaseError):
            query(filled, write)
        assert schema_dump(database_url) == before, write


def test_after_a_query_the_engine_can_write(filled: sa.Engine) -> None:
    """The protection ends with the query, also where connections are pooled."""
    pooled = sa.create_engine(filled.url, pool_size=1, max_overflow=0)
    query(pooled, "SELECT 1")
    execute(pooled, "INSERT INTO teams VALUES (5)")
    assert tables(pooled).set_index("table")["rows"]["teams"] == 2
    pooled.dispose()


def test_a_query_leaves_no_transaction_open(filled: sa.Engine, database_url: str) -> None:
    """A look at a table does not keep the next migration from changing it."""
    query(filled, "SELECT * FROM users")
    rows(filled, "users")
    other = sa.create_engine(database_url)
    execute(other, "DROP TABLE users")
    other.dispose()
    assert "users" not in tables(filled)["table"].tolist()


@pytest.mark.parametrize("sql", ["", " \n "])
def test_an_empty_query_is_refused(engine: sa.Engine, sql: str) -> None:
    """Nothing to run is said before anything is sent."""
    with pytest.raises(InputError, match="statement is empty"):
        query(engine, sql)


@pytest.mark.parametrize("dialect", ["mariadb"], indirect=True)
def test_a_statement_without_rows_is_refused(engine: sa.Engine) -> None:
    """A statement that reads nothing gets no empty table for an answer."""
    with pytest.raises(InputError, match="returns no rows"):
        query(engine, "SET @a = 1")


def test_a_mistake_in_a_query_is_explained(engine: sa.Engine) -> None:
    """The database's own words, where it happened, and what to do."""
    with pytest.raises(DatabaseError, match=r"(?i)selct") as caught:
        query(engine, "SELCT 1")
    assert "\n" not in caught.value.fact
    assert caught.value.cure == "Fix the problem that the error names, then try again."

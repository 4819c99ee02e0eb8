"""The schema of a side: SQL and a DataFrame."""

import pytest

from schema_lab import Lab
from tests.support.labs import execute


@pytest.mark.parametrize("side", ["models", "database", "history", "head"])
def test_a_side_has_its_tables_as_sql(two: Lab, side: str) -> None:
    """Each side is spelled by the same database, so equal sides are the same text."""
    assert two.schema(side).sql == two.schema("database").sql
    assert two.schema(side).sql.startswith("CREATE TABLE users (\n    id ")


def test_an_earlier_revision_lacks_what_came_later(two: Lab) -> None:
    """The schema at a revision is that of the scripts up to there."""
    assert "plan" in two.schema("0002").sql
    assert "plan" not in two.schema("0001").sql
    assert two.schema("base").sql == ""


def test_the_frame_has_a_row_for_each_part(two: Lab) -> None:
    """Columns, constraints and indexes are rows, each with its SQL."""
    execute(two, "CREATE UNIQUE INDEX ix_plan ON users (plan)")
    frame = two.schema().frame
    assert frame.columns.tolist() == ["table", "kind", "name", "sql"]
    columns = frame[frame["kind"] == "column"]
    assert columns["name"].tolist() == ["id", "name", "plan"]
    (index,) = frame[frame["name"] == "ix_plan"]["sql"]
    assert "UNIQUE" in index


def test_how_it_looks(two: Lab) -> None:
    """The text and the page begin with the number of tables."""
    schema = two.schema("history")
    assert repr(schema).startswith("1 table in history (")
    assert "1 table in history" in schema._repr_html_()


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_the_sql_makes_the_same_schema(two: Lab) -> None:
    """On SQLite, the SQL runs as it stands, and is spelled the same afterwards."""
    sql = two.schema().sql
    execute(two, "DROP TABLE users", sql.rstrip(";"))
    assert two.schema().sql == sql

"""columns: what each column of a live table is."""

import pandas as pd
import pytest
import sqlalchemy as sa

from schema_lab.errors import InputError
from schema_lab.schema.frames.tables import columns
from tests.database.conftest import HOSTILE_NAMES, execute


def test_columns_come_in_the_order_of_the_table(filled: sa.Engine) -> None:
    """The first column of the table is the first line."""
    assert columns(filled, "users")["column"].tolist() == ["id", "name", "age", "team_id"]


def test_a_column_says_what_it_is(filled: sa.Engine) -> None:
    """Type, nullability and key of each column stand in its line."""
    shown = columns(filled, "users").set_index("column")
    assert shown["type"]["name"] == "VARCHAR(50)"
    assert shown["nullable"].to_dict() == {
        "id": False,
        "name": False,
        "age": True,
        "team_id": False,
    }
    assert shown["primary_key"].to_dict() == {
        "id": True,
        "name": False,
        "age": False,
        "team_id": False,
    }


def test_a_default_is_the_databases_expression(filled: sa.Engine) -> None:
    """A default is shown as SQL, and its absence as NA."""
    shown = columns(filled, "users").set_index("column")["default"]
    assert shown["name"].startswith("'nobody'")
    assert shown["age"] is pd.NA


def test_a_comment_is_shown(filled: sa.Engine) -> None:
    """Where the database keeps comments they can be read; SQLite keeps none."""
    shown = columns(filled, "users").set_index("column")["comment"]
    assert shown["age"] is pd.NA if filled.dialect.name == "sqlite" else shown["age"] == "in years"
    assert shown["name"] is pd.NA


def test_the_dtypes_are_as_stated(filled: sa.Engine) -> None:
    """The frame has the columns and dtypes that the docstring names."""
    assert columns(filled, "users").dtypes.astype(str).to_dict() == {
        "column": "string",
        "type": "string",
        "nullable": "bool",
        "default": "string",
        "primary_key": "bool",
        "comment": "string",
    }


def test_a_generated_column_says_so(engine: sa.Engine) -> None:
    """An expression that computes a column is no default, and is told apart."""
    execute(
        engine,
        "CREATE TABLE t (n INTEGER,\n twice INTEGER GENERATED ALWAYS AS (n * 2) STORED\n)",
    )
    shown = columns(engine, "t").set_index("column")["default"]["twice"]
    assert shown.startswith("GENERATED ALWAYS AS (")


@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
def test_a_type_that_only_postgresql_knows_is_named(engine: sa.Engine) -> None:
    """SQLAlchemy does not recognise these types; the database does."""
    execute(
        engine,
        "CREATE SCHEMA other",
        "CREATE TABLE other.t (p point, x xml, n integer, g integer GENERATED ALWAYS AS IDENTITY)",
        "CREATE TABLE t (p integer)",
    )
    shown = columns(engine, "other.t").set_index("column")
    assert shown["type"].tolist() == ["point", "xml", "INTEGER", "INTEGER"]
    assert shown["default"]["g"] == "GENERATED AS IDENTITY"


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_a_column_without_a_type_has_none(engine: sa.Engine) -> None:
    """SQLite lets a column go without a type."""
    execute(engine, "CREATE TABLE t (n)")
    assert columns(engine, "t")["type"].tolist() == [""]


@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
def test_a_default_is_not_evaluated(engine: sa.Engine) -> None:
    """I7: a default with a side effect has none when it is shown."""
    execute(
        engine,
        "CREATE SEQUENCE counter",
        "CREATE TABLE t (n INTEGER DEFAULT nextval('counter'))",
    )
    assert "nextval" in columns(engine, "t")["default"][0]
    with engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT is_called FROM counter")) is False


@pytest.mark.parametrize("dialect", ["sqlite", "mariadb"], indirect=True)
def test_a_hostile_default_is_text(engine: sa.Engine) -> None:
    """I7: markup and placeholders in a default are shown as they are."""
    execute(engine, "CREATE TABLE t (n VARCHAR(20) DEFAULT '<i>%s :x')")
    assert columns(engine, "t")["default"].tolist() == ["'<i>%s :x'"]


@pytest.mark.parametrize("dialect", ["postgresql", "mariadb"], indirect=True)
def test_a_hostile_comment_is_text(engine: sa.Engine) -> None:
    """I7: markup, quotes and SQL in a comment are shown as they are."""
    comment = "<b>%s'; DROP TABLE t; --"
    table = sa.Table("t", sa.MetaData(), sa.Column("n", sa.Integer, comment=comment))
    with engine.begin() as connection:
        table.create(connection)
    assert columns(engine, "t")["comment"].tolist() == [comment]


def test_hostile_names_come_back(hostile: sa.Engine) -> None:
    """I3: a column of any name is listed as it is."""
    for name in HOSTILE_NAMES:
        assert columns(hostile, name)["column"].tolist() == ["id", name, "parent"]


def test_an_unknown_table_is_refused(filled: sa.Engine) -> None:
    """The error names the table that was asked for."""
    with pytest.raises(InputError, match="'usres'"):
        columns(filled, "usres")

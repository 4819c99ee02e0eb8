"""indexes, foreign_keys and constraints: what holds a live schema together."""

from collections.abc import Callable

import pandas as pd
import pytest
import sqlalchemy as sa

from schema_lab.errors import InputError
from schema_lab.schema.frames.tables import constraints, foreign_keys, indexes
from tests.database.conftest import HOSTILE_NAMES, execute

LISTS = [constraints, foreign_keys, indexes]
Listing = Callable[..., pd.DataFrame]


def lines(frame: pd.DataFrame, **wanted: object) -> list[dict[str, object]]:
    """Give the lines of a frame that hold the wanted values."""
    records = frame.astype(object).where(frame.notna(), None).to_dict("records")
    kept = [line for line in records if all(line[key] == wanted[key] for key in wanted)]
    return [{str(key): value for key, value in line.items()} for line in kept]


# indexes -----------------------------------------------------------------------------------------


def test_an_index_says_what_it_is(filled: sa.Engine) -> None:
    """Table, name, columns and uniqueness of an index stand in its line."""
    assert lines(indexes(filled, "users"), index="ix_users_age") == [
        {
            "table": "users",
            "index": "ix_users_age",
            "columns": "age",
            "unique": False,
            "where": None,
        }
    ]


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"], indirect=True)
def test_an_expression_and_a_condition_are_shown(engine: sa.Engine) -> None:
    """An index on an expression is listed, which SQLAlchemy skips on SQLite; so is WHERE."""
    execute(
        engine,
        "CREATE TABLE t (name VARCHAR(9), n INTEGER)",
        "CREATE UNIQUE INDEX folded ON t (lower(name), n DESC) WHERE n > 5",
    )
    (shown,) = lines(indexes(engine))
    assert (shown["unique"], str(shown["where"]).strip("()")) == (True, "n > 5")
    assert str(shown["columns"]).endswith(", n DESC")


def test_a_descending_index_says_so(engine: sa.Engine) -> None:
    """The direction of an index is part of what it is; MariaDB 10.8 and later keep it."""
    execute(engine, "CREATE TABLE t (n INTEGER)", "CREATE INDEX down ON t (n DESC)")
    assert lines(indexes(engine))[0]["columns"] == "n DESC"


# foreign keys ------------------------------------------------------------------------------------


def test_a_foreign_key_says_what_it_is(filled: sa.Engine) -> None:
    """Both ends of a key, its name and its actions stand in its line."""
    assert lines(foreign_keys(filled)) == [
        {
            "table": "users",
            "name": "fk_users_team",
            "columns": "team_id",
            "referred_table": "teams",
            "referred_columns": "id",
            "on_update": None,
            "on_delete": "CASCADE",
        }
    ]


def test_a_key_of_two_columns_keeps_their_order(engine: sa.Engine) -> None:
    """Columns and referred columns stand in the same order."""
    execute(
        engine,
        "CREATE TABLE p (a INTEGER NOT NULL, b INTEGER NOT NULL, PRIMARY KEY (b, a))",
        "CREATE TABLE c (x INTEGER, y INTEGER, FOREIGN KEY (y, x) REFERENCES p (b, a)"
        " ON UPDATE CASCADE ON DELETE SET NULL)",
    )
    (shown,) = lines(foreign_keys(engine, "c"))
    assert (shown["columns"], shown["referred_columns"]) == ("y, x", "b, a")
    assert (shown["on_update"], shown["on_delete"]) == ("CASCADE", "SET NULL")


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_actions_beside_a_column_are_shown(engine: sa.Engine) -> None:
    """SQLAlchemy overlooks the actions of a key that stands in the column's definition."""
    execute(
        engine,
        "CREATE TABLE p (id INTEGER PRIMARY KEY)",
        'CREATE TABLE c (p_id INTEGER REFERENCES "p" ON DELETE CASCADE)',
    )
    assert lines(foreign_keys(engine))[0]["on_delete"] == "CASCADE"


# constraints -------------------------------------------------------------------------------------


def test_constraints_are_listed_by_kind(filled: sa.Engine) -> None:
    """Primary key, unique and check constraints of a table stand together."""
    shown = constraints(filled, "users").set_index("kind")
    assert shown["columns"]["primary key"] == "id"
    assert shown["columns"]["unique"] == "name, age"
    assert shown["name"]["unique"] == "uq_users_name_age"
    assert shown["name"]["check"] == "ck_users_age"
    assert "17" in shown["condition"]["check"]


def test_all_tables_are_listed_in_order(filled: sa.Engine) -> None:
    """Without a table the constraints of all come, table by table."""
    assert constraints(filled)["table"].tolist() == ["teams", "users", "users", "users"]


# all three ---------------------------------------------------------------------------------------


def test_hostile_names_come_back(hostile: sa.Engine) -> None:
    """I3: tables, columns and constraints of any name are listed as they are."""
    for name in HOSTILE_NAMES:
        (index,) = lines(indexes(hostile, name), index=f"ix {name}")
        (key,) = lines(foreign_keys(hostile, name))
        (unique,) = lines(constraints(hostile, name), kind="unique")
        assert (index["table"], index["columns"]) == (name, f"{name}, parent")
        assert (key["table"], key["referred_table"]) == (name, name)
        assert (unique["table"], unique["columns"]) == (name, name)


@pytest.mark.parametrize("dialect", ["postgresql", "mariadb"], indirect=True)
def test_the_hostile_name_of_a_key_comes_back(hostile: sa.Engine) -> None:
    """I3: a foreign key of any name is listed as it is; SQLite keeps no names of keys."""
    listed = foreign_keys(hostile)
    assert listed["name"].tolist() == [f"fk {name}" for name in HOSTILE_NAMES]


@pytest.mark.parametrize("listing", LISTS)
def test_hidden_tables_are_left_out(filled: sa.Engine, listing: Listing) -> None:
    """A hidden table is not among all, and is shown when it is named."""
    assert "users" not in listing(filled, hidden=frozenset({"users"}))["table"].tolist()
    assert set(listing(filled, "users", hidden=frozenset({"users"}))["table"]) == {"users"}


@pytest.mark.parametrize("listing", LISTS)
def test_an_empty_database_gives_the_same_dtypes(
    new_database: Callable[[str], str], dialect: str, filled: sa.Engine, listing: Listing
) -> None:
    """Columns and dtypes do not depend on there being something to list."""
    empty = sa.create_engine(new_database(dialect))
    assert listing(empty).dtypes.equals(listing(filled).dtypes)
    assert listing(empty).empty
    empty.dispose()


@pytest.mark.parametrize("listing", LISTS)
def test_an_unknown_table_is_refused(filled: sa.Engine, listing: Listing) -> None:
    """The error names the table that was asked for."""
    with pytest.raises(InputError, match="'nope'"):
        listing(filled, "nope")


@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
def test_another_schema_is_listed_by_its_name(filled: sa.Engine) -> None:
    """On PostgreSQL schema.table names a table outside of the default schema."""
    execute(
        filled,
        "CREATE SCHEMA other",
        "CREATE TABLE other.t (id INTEGER PRIMARY KEY REFERENCES users, n INTEGER)",
        "CREATE INDEX by_n ON other.t (n)",
    )
    assert indexes(filled, "other.t")["table"].tolist() == ["other.t"]
    assert constraints(filled, "other.t")["kind"].tolist() == ["primary key"]
    (key,) = lines(foreign_keys(filled, "other.t"))
    assert (key["table"], key["referred_table"]) == ("other.t", "users")

"""rows: the first rows of a table, in an order that stays."""

import pandas as pd
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy.dialects.mysql import TINYINT

from schema_lab.errors import InputError
from schema_lab.schema.frames.tables import query, rows, tables
from tests.database.conftest import HOSTILE_NAMES, execute
from tests.support.dump import schema_dump

NAMES = st.text(
    st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), min_size=1, max_size=40
).filter(lambda name: not name.lower().startswith("sqlite_"))


def test_rows_come_by_primary_key(filled: sa.Engine) -> None:
    """The order is that of the primary key, not of the inserts."""
    assert rows(filled, "users")["id"].tolist() == [1, 2, 3]


def test_whole_numbers_stay_whole_beside_null(filled: sa.Engine) -> None:
    """A NULL does not turn 30 into 30.0, and is no number itself."""
    shown = rows(filled, "users")["age"]
    assert str(shown.dtype) == "Int64"
    assert shown.tolist() == [30, 40, pd.NA]


def test_an_empty_text_is_not_null(filled: sa.Engine) -> None:
    """The empty string and NULL are told apart."""
    assert rows(filled, "users")["name"].tolist() == ["100% <b>", "", "cleo"]


def test_the_limit_is_kept(filled: sa.Engine) -> None:
    """No more rows than asked for come, by default 20."""
    execute(filled, *(f"INSERT INTO teams VALUES ({n})" for n in range(2, 40)))
    assert rows(filled, "teams", limit=2)["id"].tolist() == [1, 2]
    assert len(rows(filled, "teams")) == 20
    assert list(rows(filled, "users", limit=0).columns) == ["id", "name", "age", "team_id"]


def test_rows_without_a_primary_key_are_in_order(engine: sa.Engine) -> None:
    """Without a key all columns together give an order, so that two looks show the same."""
    execute(
        engine,
        "CREATE TABLE loose (n INTEGER, s VARCHAR(9))",
        "INSERT INTO loose VALUES (2, 'a'), (1, 'b'), (1, 'a')",
    )
    assert rows(engine, "loose").to_numpy().tolist() == [[1, "a"], [1, "b"], [2, "a"]]


def test_a_composite_key_orders_in_its_own_order(engine: sa.Engine) -> None:
    """The key's columns count in the order in which the key names them."""
    execute(
        engine,
        "CREATE TABLE pair (a INTEGER NOT NULL, b INTEGER NOT NULL, PRIMARY KEY (b, a))",
        "INSERT INTO pair VALUES (1, 2), (2, 1)",
    )
    assert rows(engine, "pair")["b"].tolist() == [1, 2]


def test_rows_of_hostile_names_come_back(hostile: sa.Engine) -> None:
    """I3: a table and a column with a hostile name can be read."""
    for name in HOSTILE_NAMES:
        shown = rows(hostile, name)
        assert list(shown.columns) == ["id", name, "parent"]
        assert shown[name].tolist() == [name]


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(table=NAMES, column=NAMES)
@example(table="returning", column="nothing")
def test_any_name_comes_back(engine: sa.Engine, table: str, column: str) -> None:
    """I3: whatever a table and a column are named, they are listed and read."""
    made = sa.Table(table, sa.MetaData(), sa.Column(column, sa.Integer))
    with engine.begin() as connection:
        made.create(connection)
        connection.execute(sa.insert(made).values([7]))
    try:
        assert tables(engine)["table"].tolist() == [table]
        assert rows(engine, table).to_dict("list") == {column: [7]}
    finally:
        with engine.begin() as connection:
            made.drop(connection)


def test_a_table_name_is_no_sql(filled: sa.Engine, database_url: str) -> None:
    """I3: a name that is SQL is looked up as a name, and runs nothing."""
    before = schema_dump(database_url)
    with pytest.raises(InputError, match="There is no table"):
        rows(filled, "users; DROP TABLE users")
    assert schema_dump(database_url) == before


def test_an_unknown_table_names_the_near_ones(filled: sa.Engine) -> None:
    """A slip of the pen is answered with the right name."""
    with pytest.raises(InputError) as caught:
        rows(filled, "user")
    assert caught.value.fact == "There is no table 'user'."
    assert caught.value.cure == "Did you mean 'users'?"


def test_a_name_like_no_other_points_to_the_list(filled: sa.Engine) -> None:
    """Without a near name the cure says where all names stand."""
    with pytest.raises(InputError) as caught:
        rows(filled, "zzz")
    assert caught.value.cure == "`lab.tables()` lists all tables."


def test_a_limit_below_zero_is_refused(filled: sa.Engine) -> None:
    """A negative limit would mean 'no limit' on SQLite and an error elsewhere."""
    with pytest.raises(InputError, match="-1"):
        rows(filled, "users", limit=-1)
    with pytest.raises(InputError, match="-1"):
        query(filled, "SELECT 1", limit=-1)


@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
def test_another_schema_is_read_by_its_name(filled: sa.Engine) -> None:
    """On PostgreSQL schema.table names a table outside of the default schema."""
    execute(
        filled,
        'CREATE SCHEMA "Other"',
        'CREATE TABLE "Other".users (id INTEGER)',
        'INSERT INTO "Other".users VALUES (77)',
        'CREATE TABLE "Other.users" (id INTEGER)',
    )
    assert rows(filled, "public.users")["id"].tolist() == [1, 2, 3]
    assert rows(filled, "Other.users").empty
    execute(filled, 'DROP TABLE "Other.users"')
    assert rows(filled, "Other.users")["id"].tolist() == [77]
    assert "Other.users" not in tables(filled)["table"].tolist()


@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
def test_values_that_cannot_be_compared_are_shown(engine: sa.Engine) -> None:
    """Json, xml and point have no order, and a table of them no key: it is shown all the same."""
    execute(
        engine,
        "CREATE TABLE odd (j json, p point, n integer)",
        "INSERT INTO odd VALUES ('[2]', '(1,2)', 2), ('[1]', NULL, 1)",
    )
    assert rows(engine, "odd")["n"].tolist() == [1, 2]
    assert rows(engine, "odd")["j"].tolist() == [[1], [2]]


TASKS = sa.Table(
    "tasks",
    sa.MetaData(),
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("done", sa.Boolean),
    sa.Column("rank", sa.SmallInteger().with_variant(TINYINT(1), "mysql", "mariadb")),
)


@pytest.fixture
def tasks(engine: sa.Engine) -> sa.Engine:
    """Give a database with a column of truth beside small numbers."""
    with engine.begin() as connection:
        TASKS.create(connection)
        for done, rank in [(True, 1), (False, 0), (None, None)]:
            connection.execute(TASKS.insert(), {"done": done, "rank": rank})
    return engine


def test_truth_is_true_and_false(tasks: sa.Engine) -> None:
    """SQLite's and MariaDB's 1 and 0 are True and False where the type or the models say so."""
    shown = rows(tasks, "tasks", models=TASKS.metadata)
    assert str(shown["done"].dtype) == "boolean"
    assert shown["done"].tolist() == [True, False, pd.NA]
    assert "✓ True" in shown._repr_html_()  # type: ignore[operator]


def test_small_numbers_stay_numbers(tasks: sa.Engine) -> None:
    """Nothing is guessed of values: 1 and 0 in a column of numbers stay 1 and 0."""
    assert rows(tasks, "tasks", models=TASKS.metadata)["rank"].tolist() == [1, 0, pd.NA]


@pytest.mark.parametrize("dialect", ["mariadb"], indirect=True)
def test_without_models_tinyint_is_a_number(tasks: sa.Engine) -> None:
    """MariaDB does not keep whether TINYINT(1) was BOOLEAN, so only the models can say."""
    assert rows(tasks, "tasks")["done"].tolist() == [1, 0, pd.NA]


@pytest.mark.parametrize("dialect", ["sqlite", "mariadb"], indirect=True)
def test_what_is_neither_true_nor_false_is_shown(tasks: sa.Engine) -> None:
    """A 7 in a column of truth is there to be seen, and its column stays as it is."""
    execute(tasks, "UPDATE tasks SET done = 7 WHERE id = 2")
    assert rows(tasks, "tasks", models=TASKS.metadata)["done"].tolist() == [1, 7, pd.NA]

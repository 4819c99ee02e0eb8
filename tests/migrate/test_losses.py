"""What an upgrade or a downgrade would destroy, counted before it happens."""

import pytest

from schema_lab import Lab
from schema_lab.errors import InputError, SchemaLabError
from tests.support.dump import schema_dump
from tests.support.labs import execute, filled_in

CREATE = [
    "CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(20), plan VARCHAR(20))",
    "CREATE TABLE notes (id INTEGER PRIMARY KEY)",
    "INSERT INTO users VALUES (1, 'Ann', 'free'), (2, 'Bob', NULL), (3, 'Cleo', 'paid')",
    "INSERT INTO notes VALUES (1)",
]


@pytest.fixture
def filled(lab: Lab) -> Lab:
    """Give a lab with three users, two of them with a plan, and one note."""
    execute(lab, *CREATE)
    return lab


def losing(lab: Lab, code: str) -> list[str]:
    """Write a revision whose upgrade is this code, and say what it would lose."""
    filled_in(lab, "Lose something", code)
    return [loss.sentence for loss in lab.losses("upgrade", "head")]


def test_a_column_goes_with_its_values(filled: Lab) -> None:
    """A dropped column is said with the number of values that are not NULL."""
    said = losing(filled, 'op.drop_column("users", "plan")')
    assert said == ["column users.plan with 2 values"]


def test_a_table_goes_with_its_rows(filled: Lab) -> None:
    """A dropped table is said with its number of rows; one is singular."""
    said = losing(filled, 'op.drop_table("notes")\nop.drop_table("users")')
    assert said == ["table notes with 1 row", "table users with 3 rows"]


def test_a_column_dropped_in_batch_mode_is_seen(filled: Lab) -> None:
    """`batch_op.drop_column` names its table one line above."""
    said = losing(
        filled, 'with op.batch_alter_table("users") as batch_op:\n    batch_op.drop_column("plan")'
    )
    assert said == ["column users.plan with 2 values"]


@pytest.mark.parametrize("dialect", ["postgresql"])
def test_a_table_of_another_schema_is_counted_there(filled: Lab) -> None:
    """A table is counted where it stands, though one of the same name stands elsewhere."""
    execute(filled, "CREATE SCHEMA shop", "CREATE TABLE shop.users (id INTEGER)")
    execute(filled, "INSERT INTO shop.users VALUES (1)")
    said = losing(filled, 'op.drop_table("users", schema="shop")')
    assert said == ["table shop.users with 1 row"]


SQL = {
    "DROP TABLE users": "table users with 3 rows",
    "ALTER TABLE users DROP COLUMN plan": "column users.plan with 2 values",
    "DELETE FROM users": "rows of users, by 'DELETE FROM users'",
    "TRUNCATE users": "rows of users, by 'TRUNCATE users'",
}


@pytest.mark.parametrize("sql", SQL)
def test_sql_that_destroys_is_counted_or_quoted(filled: Lab, sql: str) -> None:
    """SQL text that drops is counted like an operation; text that deletes rows is quoted."""
    assert losing(filled, f'op.execute("{sql}")') == [SQL[sql]]


def test_what_only_adds_loses_nothing(filled: Lab) -> None:
    """A new column or table is no loss."""
    assert losing(filled, 'op.add_column("users", sa.Column("city", sa.String(20)))') == []


def test_what_is_not_there_is_no_loss(filled: Lab) -> None:
    """A table that the same way creates and drops is not there to be lost."""
    filled_in(filled, "Come", 'op.execute("CREATE TABLE brief (id INTEGER)")')
    assert losing(filled, 'op.drop_table("brief")') == []


def test_a_downgrade_loses_what_its_revisions_added(filled: Lab) -> None:
    """The losses of a downgrade come from `downgrade()` of each revision on the way."""
    filled_in(
        filled,
        "Add a city",
        'op.add_column("users", sa.Column("city", sa.String(20)))',
        'op.drop_column("users", "city")',
    )
    filled_in(filled, "Nothing", "pass", "pass")
    filled.upgrade()
    execute(filled, "UPDATE users SET city = 'Rome' WHERE id = 1")
    losses = filled.losses("downgrade", "base")
    assert [loss.sentence for loss in losses] == ["column users.city with 1 value"]
    assert (losses[0].table, losses[0].column, losses[0].values) == ("users", "city", 1)
    with pytest.raises(AttributeError):
        losses[0].values = 0  # type: ignore[misc]


def test_counting_changes_nothing(filled: Lab) -> None:
    """`lab.losses` runs no revision and leaves the database as it is."""
    before = schema_dump(filled.engine.url)
    losing(filled, 'op.drop_table("users")')
    assert schema_dump(filled.engine.url) == before


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_a_direction_that_is_none_is_refused(filled: Lab) -> None:
    """Anything but upgrade and downgrade is an error."""
    with pytest.raises(InputError):
        filled.losses("sideways", "head")


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_an_unknown_target_is_refused(filled: Lab) -> None:
    """The losses on the way to nowhere are an error that names the target."""
    with pytest.raises(SchemaLabError, match="nowhere"):
        filled.losses("upgrade", "nowhere")

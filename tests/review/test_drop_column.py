"""SL101: a dropped column whose values are gone."""

import sqlalchemy as sa
from alembic.operations import ops

from tests.support.changes import findings

DROP = ops.DropColumnOp("users", "plan")


def _table(engine: sa.Engine, *rows: str) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE users (id INTEGER PRIMARY KEY, plan VARCHAR(20))")
        for row in rows:
            connection.exec_driver_sql(f"INSERT INTO users VALUES {row}")


def test_the_values_are_counted(engine: sa.Engine) -> None:
    """The sentence counts what is lost; NULL is no value."""
    _table(engine, "(1, 'free')", "(2, 'pro')", "(3, NULL)")
    (found,) = findings("SL101", engine, DROP)
    assert found.sentence == "drops 2 non-null values of `users.plan`"
    assert (found.severity, found.table, found.column) == ("error", "users", "plan")


def test_a_column_without_values_passes(engine: sa.Engine) -> None:
    """Nothing is lost where every row has NULL."""
    _table(engine, "(1, NULL)")
    assert findings("SL101", engine, DROP) == []


def test_without_a_database_no_number_is_claimed() -> None:
    """A review that reaches no database says so much: all values."""
    (found,) = findings("SL101", None, DROP)
    assert found.sentence == "drops `users.plan` with all its values"

"""What a rule gets to see: the steps of a change."""

import sqlalchemy as sa
from alembic.operations import ops

from schema_lab.review import Change

KEY = sa.Column("id", sa.Integer)
DROP = ops.DropColumnOp("users", "plan")


def test_a_batch_is_opened() -> None:
    """On SQLite the operations of a container stand in a batch; elsewhere they stand alone."""
    container = ops.ModifyTableOps("users", [DROP])
    (on_sqlite,) = Change.of([container]).steps
    (on_postgresql,) = Change.of([container], dialect="postgresql").steps
    assert on_sqlite.operation is on_postgresql.operation is DROP
    assert on_sqlite.copies
    assert on_postgresql.batch is None


def test_a_table_of_the_same_migration_raises_nothing() -> None:
    """Steps on a table that an earlier step made are not reviewed, nor its making."""
    change = Change.of([ops.CreateTableOp("users", [KEY]), DROP])
    assert change.steps == ()
    assert [str(place) for place in change.created] == ["users"]


def test_a_table_that_comes_after_its_name_was_dropped_is_new() -> None:
    """The drop of the former table stays, since it stands before the new one."""
    change = Change.of([ops.DropTableOp("users"), ops.CreateTableOp("users", [KEY]), DROP])
    assert [type(step.operation) for step in change.steps] == [ops.DropTableOp]


def test_a_new_table_stays_new_under_another_name() -> None:
    """A table that is made, filled and renamed in one migration is its own."""
    steps = [
        ops.CreateTableOp("users_new", [KEY]),
        ops.ExecuteSQLOp("INSERT INTO users_new SELECT id FROM users"),
        ops.DropTableOp("users"),
        ops.RenameTableOp("users_new", "users"),
        DROP,
    ]
    assert [type(step.operation) for step in Change.of(steps).steps] == [ops.DropTableOp]


def test_sql_is_parsed() -> None:
    """The SQL of a step is given as statements; what cannot be read is given as text alone."""
    good = ops.ExecuteSQLOp("UPDATE users SET plan = 'free'; DELETE FROM users")
    bad = ops.ExecuteSQLOp("SELECT ((")
    first, second = Change.of([good, bad]).steps
    assert [type(one).__name__ for one in first.sql] == ["Update", "Delete"]
    assert (second.text, second.sql) == ("SELECT ((", ())


def test_sql_on_a_new_table_raises_nothing() -> None:
    """SQL that only changes a table of this migration is not reviewed."""
    steps = [ops.ExecuteSQLOp("CREATE TABLE t (a INT)"), ops.ExecuteSQLOp("DELETE FROM t")]
    assert [step.text for step in Change.of(steps).steps] == []

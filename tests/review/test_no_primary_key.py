"""SL701: a new table without a primary key."""

import pytest
import sqlalchemy as sa
from alembic.operations import ops

from schema_lab.review import Change, found_in
from tests.support.changes import findings

COLUMN = sa.Column("id", sa.Integer, nullable=False)
CREATE = ops.CreateTableOp("t", [COLUMN])


def sql(text: str) -> ops.ExecuteSQLOp:
    """Give an op.execute of a text."""
    return ops.ExecuteSQLOp(text)


@pytest.mark.parametrize(
    ("dialect", "severity"), [("sqlite", "note"), ("postgresql", "warning"), ("mysql", "warning")]
)
def test_a_table_without_a_key_is_found(dialect: str, severity: str) -> None:
    """The finding names the table with its schema; where rows have a rowid, it is a note."""
    create = ops.CreateTableOp("t", [COLUMN], schema="crm")
    (found,) = findings("SL701", None, create, dialect=dialect)
    assert found.sentence == "creates `crm.t` without a primary key"
    assert (found.severity, found.table) == (severity, "crm.t")


@pytest.mark.parametrize(
    "operation",
    [
        ops.CreateTableOp("t", [COLUMN, sa.PrimaryKeyConstraint("id")]),
        sql("CREATE TABLE t (id INTEGER PRIMARY KEY)"),
        sql("CREATE TABLE t (a INTEGER, b INTEGER, CONSTRAINT pk PRIMARY KEY (a, b))"),
    ],
)
def test_a_table_with_a_key_passes(operation: ops.MigrateOperation) -> None:
    """A key is a key on a column or as a constraint, in an operation or in SQL."""
    assert findings("SL701", None, operation, dialect="postgresql") == []


@pytest.mark.parametrize(
    "operation",
    [
        ops.CreateTableOp("t", [COLUMN], prefixes=["TEMPORARY"]),
        sql("CREATE TEMPORARY TABLE t (id INTEGER)"),
    ],
)
def test_a_temporary_table_passes(operation: ops.MigrateOperation) -> None:
    """A temporary table is gone when the connection is closed, so it needs no key."""
    assert findings("SL701", None, operation, dialect="postgresql") == []


@pytest.mark.parametrize(
    "text",
    [
        "CREATE TABLE t (LIKE users INCLUDING ALL)",
        "CREATE TABLE t PARTITION OF users FOR VALUES IN (1)",
        "CREATE TABLE t AS SELECT 1 AS id",
    ],
)
def test_a_table_with_columns_from_elsewhere_passes(text: str) -> None:
    """The statement does not say which key such a table has."""
    assert findings("SL701", None, sql(text), dialect="postgresql") == []


@pytest.mark.parametrize(
    "after",
    [
        ops.CreatePrimaryKeyOp("pk", "t", ["id"]),
        sql("ALTER TABLE t ADD PRIMARY KEY (id)"),
        ops.DropTableOp("t"),
        sql("DROP TABLE t"),
    ],
)
def test_a_key_that_comes_later_passes(after: ops.MigrateOperation) -> None:
    """What counts is the end of the migration: the table has its key, or is gone."""
    assert findings("SL701", None, CREATE, after, dialect="postgresql") == []


def test_what_was_dropped_before_does_not_count() -> None:
    """A table that replaces a dropped one of the same name is new."""
    found = findings("SL701", None, ops.DropTableOp("t"), CREATE, dialect="postgresql")
    assert [one.sentence for one in found] == ["creates `t` without a primary key"]


def test_a_downgrade_is_not_asked_for_a_key() -> None:
    """A downgrade recreates what was there before."""
    change = Change.of([], [CREATE], dialect="postgresql", direction="downgrade")
    assert "SL701" not in {found.code for found in found_in(change)}

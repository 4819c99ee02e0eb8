"""Whatever a script does, the rules say something or nothing, and never stop."""

import pytest
import sqlalchemy as sa
from alembic.operations import ops
from sqlalchemy.dialects import mysql, postgresql

from schema_lab.review import Change, found_in
from tests.support.changes import live

TYPES = [
    *(sa.String, sa.Integer, sa.Text(), sa.JSON(), sa.LargeBinary(), sa.Uuid(), sa.Interval()),
    *(sa.Boolean(), sa.Date(), sa.DateTime(timezone=True), sa.Time(), sa.Float(), sa.Numeric()),
    *(sa.Numeric(5), sa.Enum("a", "b"), sa.ARRAY(sa.Integer), postgresql.JSONB(), mysql.YEAR()),
    *(mysql.INTEGER(unsigned=True), mysql.LONGTEXT(), mysql.SET("a", "b"), sa.types.NullType()),
]
ODD = [
    ops.DropColumnOp("gone", "gone"),
    ops.DropTableOp("gone", schema="nowhere"),
    ops.AlterColumnOp("gone", "gone", modify_nullable=False, modify_name="x"),
    ops.AddColumnOp("gone", sa.Column("x", sa.Integer, nullable=False)),
    ops.CreateForeignKeyOp(None, "gone", "gone2", ["x"], ["y"]),
    ops.CreateUniqueConstraintOp(None, "users", ["lower(plan)"]),
    ops.CreateIndexOp("ix", "users", [sa.text("lower(gone)")], unique=True),
    ops.CreateCheckConstraintOp(None, "users", sa.text("gone > :x AND 5 % 2 = 1")),
    ops.CreatePrimaryKeyOp("pk", "users", ["gone"]),
    ops.DropConstraintOp("x", "users"),
    ops.DropIndexOp("ix"),
    ops.RenameTableOp("gone", "users"),
    ops.BulkInsertOp(sa.table("users", sa.column("id")), [{"id": 1}]),
    ops.ExecuteSQLOp("SELECT 1; DROP TABLE; UPDATE (("),
    ops.ExecuteSQLOp("ALTER TABLE users DROP plan; TRUNCATE users; RENAME TABLE a TO b"),
    ops.ExecuteSQLOp(sa.text("UPDATE users SET plan = :a WHERE id = 1").bindparams(a="x")),
    ops.ExecuteSQLOp(sa.table("users", sa.column("id")).delete()),
]


def test_no_operation_stops_a_review(engine: sa.Engine, dialect: str) -> None:
    """Odd names, tables that are not there, and every pair of types, alone and in a batch."""
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE users (id INTEGER PRIMARY KEY, plan VARCHAR(20))")
        connection.exec_driver_sql("INSERT INTO users VALUES (1, 'free'), (2, NULL)")
    changes = [
        ops.AlterColumnOp("users", "plan", existing_type=old, modify_type=new)
        for old in (None, sa.String, *TYPES[5:9], *TYPES[10:16])
        for new in TYPES
    ]
    with live(engine) as seen:
        for one in (*ODD, *changes):
            for upgrade in ([one], [ops.ModifyTableOps("users", [one])]):
                change = Change.of(upgrade, upgrade, dialect=dialect, live=seen)
                assert all(found.sentence for found in found_in(change))


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql", "mysql"])
def test_a_review_needs_no_database(dialect: str) -> None:
    """Without one, what can be said of the operations alone is said."""
    change = Change.of(ODD, ODD, dialect=dialect)
    assert "SL101" in {found.code for found in found_in(change)}

"""What the review says of MariaDB's copies is what the server does."""

import pytest
import sqlalchemy as sa
from alembic.operations import ops
from sqlalchemy.dialects import mysql

from schema_lab.review.rules.copies_table import why_copied
from schema_lab.review.squawk import statements_of

TABLES = (
    "CREATE TABLE parents (id INT PRIMARY KEY)",
    (
        "CREATE TABLE t (id INT PRIMARY KEY, short VARCHAR(50), long_ VARCHAR(300), n INT, "
        "d DECIMAL(10,2), e ENUM('a','b'), parent INT) CHARACTER SET utf8mb4"
    ),
    "INSERT INTO t (id, short, n, e) VALUES (1, 'x', 2, 'a')",
)


def alter(name: str, before: sa.types.TypeEngine, after: sa.types.TypeEngine) -> ops.AlterColumnOp:
    """Change the type of a column of t."""
    return ops.AlterColumnOp("t", name, existing_type=before, modify_type=after)


def add(column: sa.Column) -> ops.AddColumnOp:
    """Add a column to t."""
    return ops.AddColumnOp("t", column)


OPERATIONS = [
    add(sa.Column("c", sa.String(20))),
    add(sa.Column("c", sa.Integer, nullable=False, server_default="0")),
    add(sa.Column("c", sa.String(36), server_default=sa.text("(uuid())"))),
    add(sa.Column("c", sa.Integer, sa.Computed("n + 1", persisted=True))),
    ops.DropColumnOp("t", "n"),
    alter("short", mysql.VARCHAR(50), sa.String(60)),
    alter("short", mysql.VARCHAR(50), sa.String(64)),
    alter("short", mysql.VARCHAR(50), sa.String(10)),
    alter("short", mysql.VARCHAR(50), sa.Text()),
    alter("long_", mysql.VARCHAR(300), sa.String(400)),
    alter("n", mysql.INTEGER(), sa.BigInteger()),
    alter("d", mysql.DECIMAL(10, 2), sa.Numeric(12, 2)),
    alter("e", mysql.ENUM("a", "b"), sa.Enum("a", "b", "c")),
    alter("e", mysql.ENUM("a", "b"), sa.Enum("a", "c", "b")),
    ops.CreateIndexOp("ix", "t", ["n"]),
    ops.CreateUniqueConstraintOp("uq", "t", ["n"]),
    ops.CreateForeignKeyOp("fk", "t", "parents", ["parent"], ["id"]),
    ops.CreateCheckConstraintOp("ck", "t", "n > 0"),
]


@pytest.mark.parametrize("dialect", ["mariadb"])
def test_the_server_copies_what_the_review_says(engine: sa.Engine) -> None:
    """The server takes ALGORITHM=INPLACE, LOCK=NONE for just the others."""
    for one in OPERATIONS:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for statement in ("DROP TABLE IF EXISTS t, parents", *TABLES):
                connection.exec_driver_sql(statement)
            reason = why_copied(one, getattr(one, "existing_type", None))
            (sql,) = statements_of([one], "mysql")
            assert _in_place(connection, sql.rstrip(";")) == (not reason), sql


def _in_place(connection: sa.Connection, sql: str) -> bool:
    separator = "" if sql.startswith("CREATE") else ","
    try:
        connection.exec_driver_sql(f"{sql}{separator} ALGORITHM=INPLACE{separator} LOCK=NONE")
    except sa.exc.DBAPIError:
        return False
    return True

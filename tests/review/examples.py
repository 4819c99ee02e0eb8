"""Operations on small tables, with what each rule says of them; None where it is silent."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from alembic.operations import ops

from schema_lab.review.change import Given
from tests.support.enum_library import SyncEnumValuesOp, TableReference

USERS = "CREATE TABLE users (id INTEGER PRIMARY KEY, plan VARCHAR(20), n BIGINT)"
ROWS = "INSERT INTO users VALUES (1, 'free', 70000), (2, 'professional', 2), (3, NULL, NULL)"
TWICE = "INSERT INTO users VALUES (4, 'free', 5)"
ORDERS = "CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER)"
ORDERED = "INSERT INTO orders VALUES (1, 1), (2, 9), (3, NULL)"
FILLED = (USERS, ROWS)
ALL = ("sqlite", "postgresql", "mariadb")
SERVERS = ("postgresql", "mariadb")
MARIADB = ("mariadb",)
PLAIN = ("sqlite", "postgresql")
SQLITE = ("sqlite",)
POSTGRESQL = ("postgresql",)


@dataclass(frozen=True)
class Example:
    """SQL that lays the tables out, both directions of a migration, and the sentence."""

    code: str
    says: str | None
    before: Sequence[str]
    upgrade: Sequence[Given]
    downgrade: Sequence[Given] = ()
    dialects: Sequence[str] = ALL


def sql(text: str) -> ops.ExecuteSQLOp:
    """Give an op.execute of a text."""
    return ops.ExecuteSQLOp(text)


def column(name: str, **more: Any) -> sa.Column[Any]:
    """Give a text column."""
    return sa.Column(name, sa.String(20), **more)


def add(name: str, **more: Any) -> ops.AddColumnOp:
    """Add a column to users."""
    return ops.AddColumnOp("users", column(name, **more))


def alter(name: str = "plan", **more: Any) -> ops.AlterColumnOp:
    """Alter a column of users."""
    return ops.AlterColumnOp("users", name, **more)


def unique(*names: str) -> ops.CreateUniqueConstraintOp:
    """Make columns of users unique."""
    return ops.CreateUniqueConstraintOp("uq_users", "users", list(names))


def check(condition: str) -> ops.CreateCheckConstraintOp:
    """Add a CHECK to users."""
    return ops.CreateCheckConstraintOp("ck_users", "users", condition)


DROP = ops.DropColumnOp("users", "plan")
KEY = ops.CreateForeignKeyOp("fk_orders", "orders", "users", ["user_id"], ["id"])
INDEX = "CREATE UNIQUE INDEX ix_plan ON users (plan)"
PLANS = sa.Enum("free", "pro", name="plans")

LOSSES = [
    Example("SL101", "drops 2 non-null values of `users.plan`", FILLED, [DROP]),
    Example(
        "SL101",
        "drops 2 non-null values of `users.plan`",
        FILLED,
        [sql("ALTER TABLE users DROP COLUMN plan")],
    ),
    Example("SL101", None, [USERS], [DROP]),
    Example("SL101", None, FILLED, [add("city"), ops.DropColumnOp("users", "city")]),
    Example("SL102", "drops `users` with 3 rows", FILLED, [ops.DropTableOp("users")]),
    Example("SL102", "drops `users` with 3 rows", FILLED, [sql("DROP TABLE IF EXISTS users")]),
    Example("SL102", None, [USERS], [ops.DropTableOp("users")]),
    Example(
        "SL103",
        "narrows `users.plan`: 1 value is longer than 10 characters",
        FILLED,
        [alter(existing_type=sa.String(20), modify_type=sa.String(10))],
    ),
    Example(
        "SL103",
        "narrows `users.n`: 1 value is outside the range of SMALLINT (-32,768 to 32,767)",
        FILLED,
        [alter("n", modify_type=sa.SmallInteger())],
        dialects=SERVERS,
    ),
    Example(
        "SL103", None, FILLED, [alter("n", modify_type=sa.SmallInteger())], dialects=("sqlite",)
    ),
    Example("SL103", None, FILLED, [alter(modify_type=sa.String(12))]),
    Example("SL103", None, FILLED, [alter(modify_type=sa.Text())]),
    Example(
        "SL103",
        None,
        FILLED,
        [sql("UPDATE users SET plan = 'pro' WHERE id = 2"), alter(modify_type=sa.String(10))],
    ),
    Example("SL103", None, FILLED, [alter("n", modify_type=sa.Integer())]),
    Example("SL104", "deletes all 3 rows of `users`", FILLED, [sql("DELETE FROM users")]),
    Example("SL104", "overwrites all 3 rows of `users`", FILLED, [sql("UPDATE users SET n = 1")]),
    Example(
        "SL104",
        None,
        FILLED,
        [sql("UPDATE users SET plan = lower(plan)"), alter(modify_type=sa.Text())],
    ),
    Example(
        "SL104",
        "overwrites all 3 rows of `users`",
        FILLED,
        [sql("UPDATE users SET plan = 'x'"), alter(modify_type=sa.Text())],
    ),
    Example(
        "SL104",
        "truncates all 3 rows of `users`",
        FILLED,
        [sql("TRUNCATE TABLE users")],
        dialects=SERVERS,
    ),
    Example("SL104", None, FILLED, [sql("DELETE FROM users WHERE id = 2")]),
    Example("SL104", None, FILLED, [add("city"), sql("UPDATE users SET city = 'Rome'")]),
    Example("SL104", None, [USERS], [sql("DELETE FROM users")]),
    Example(
        "SL105",
        "removes 'professional' from the members of `users.plan`; 1 row still uses it",
        FILLED,
        [alter(existing_type=sa.Enum("free", "pro", "professional"), modify_type=PLANS)],
    ),
    Example(
        "SL105",
        "removes members of `users.plan` that 1 row still uses",
        FILLED,
        [alter(modify_type=PLANS)],
    ),
    Example("SL105", None, FILLED, [alter(modify_type=sa.Enum("free", "professional"))]),
    Example(
        "SL105",
        None,
        FILLED,
        [sql("UPDATE users SET plan = 'pro' WHERE id = 2"), alter(modify_type=PLANS)],
    ),
    Example(
        "SL106",
        "drops unique index `ix_plan` of `users` (3 rows), so duplicates in `plan` become possible",
        [*FILLED, INDEX],
        [ops.DropIndexOp("ix_plan", "users")],
    ),
    Example(
        "SL106",
        None,
        [*FILLED, INDEX],
        [ops.DropIndexOp("ix_plan", "users"), unique("plan", "n")],
    ),
    Example("SL106", None, [*FILLED, INDEX], [ops.DropIndexOp("ix_plan", "users"), DROP]),
]

IN_THE_WAY = [
    Example(
        "SL201", "makes `users.plan` NOT NULL over 1 NULL", FILLED, [alter(modify_nullable=False)]
    ),
    Example("SL201", None, FILLED, [alter("id", modify_nullable=False)]),
    Example(
        "SL201",
        None,
        FILLED,
        [
            sql("UPDATE users SET plan = 'free' WHERE plan IS NULL"),
            alter(modify_nullable=False),
        ],
    ),
    Example(
        "SL202",
        "adds `users.city` NOT NULL without a default (3 rows)",
        FILLED,
        [add("city", nullable=False)],
        dialects=PLAIN,
    ),
    Example("SL202", None, FILLED, [add("city", nullable=False, server_default="x")]),
    Example("SL202", None, [USERS], [add("city", nullable=False)]),
    Example("SL202", None, FILLED, [add("city", nullable=False)], dialects=MARIADB),
    Example(
        "SL203",
        "creates `uq_users`: 1 value of `users.plan` occurs more than once: 'free' (2 rows)",
        [*FILLED, TWICE],
        [unique("plan")],
    ),
    Example("SL203", None, FILLED, [unique("plan")]),
    Example("SL203", None, [*FILLED, TWICE], [ops.CreateIndexOp("ix", "users", ["plan"])]),
    Example(
        "SL204",
        "creates foreign key `fk_orders`: 1 value of `orders.user_id` has no row in `users`",
        [*FILLED, ORDERS, ORDERED],
        [KEY],
    ),
    Example("SL204", None, [*FILLED, ORDERS], [KEY]),
    Example(
        "SL205", "creates CHECK `ck_users` on `users`: 1 row violates it", FILLED, [check("n > 5")]
    ),
    Example("SL205", None, FILLED, [check("n > 1")]),
    Example("SL205", None, FILLED, [sql("UPDATE users SET n = 9"), check("n > 5")]),
    Example(
        "SL205",
        "creates CHECK `ck_users` on `users`: 1 row violates it",
        FILLED,
        [sql("UPDATE users SET plan = 'pro'"), check("n > 5")],
    ),
]

OLD_VERSIONS = [
    Example(
        "SL301", "renames `users.plan` (3 rows) to `tier`", FILLED, [alter(modify_name="tier")]
    ),
    Example(
        "SL301",
        "renames `users.plan` (3 rows) to `tier`",
        FILLED,
        [sql("ALTER TABLE users RENAME COLUMN plan TO tier")],
    ),
    Example("SL301", None, FILLED, [alter(modify_comment="what was paid")]),
    Example(
        "SL302",
        "renames `users` (3 rows) to `people`",
        FILLED,
        [ops.RenameTableOp("users", "people")],
    ),
    Example(
        "SL302",
        None,
        FILLED,
        [
            ops.RenameTableOp("users", "people"),
            sql("CREATE VIEW users AS SELECT * FROM people"),
        ],
    ),
    Example(
        "SL303",
        "drops column `users.plan`, which the previous version of the models uses",
        [USERS],
        [DROP],
        dialects=("sqlite", "mariadb"),
    ),
    Example("SL303", None, [USERS], [DROP], dialects=("postgresql",)),
    Example("SL303", None, [USERS], [add("city"), ops.DropColumnOp("users", "city")]),
    Example(
        "SL304",
        "makes `users.plan` NOT NULL without a server default",
        FILLED,
        [alter(modify_nullable=False)],
    ),
    Example("SL304", None, FILLED, [add("city", nullable=False, server_default="x")]),
    Example("SL304", None, FILLED, [alter(modify_nullable=False, modify_server_default="x")]),
    Example(
        "SL305",
        "narrows `users.plan`: values that are longer than 15 characters no longer fit",
        FILLED,
        [alter(modify_type=sa.String(15))],
        dialects=MARIADB,
    ),
    Example("SL305", None, FILLED, [alter(modify_type=sa.String(15))], dialects=PLAIN),
    Example("SL305", None, FILLED, [alter(modify_type=sa.String(30))]),
    Example(
        "SL306",
        "removes 'trial' from the members of `users.plan`",
        [USERS],
        [alter(existing_type=sa.Enum("free", "pro", "trial"), modify_type=PLANS)],
    ),
    Example("SL306", None, [USERS], [alter(existing_type=PLANS, modify_type=PLANS)]),
]

WAYS_BACK = [
    Example("SL401", "has no downgrade, so it cannot be undone", [USERS], [add("city")]),
    Example("SL401", None, [USERS], [add("city")], [ops.DropColumnOp("users", "city")]),
    Example(
        "SL402",
        "the downgrade recreates `users.plan` without its 2 values",
        FILLED,
        [DROP],
        [add("plan")],
    ),
    Example("SL402", None, [USERS], [DROP], [add("plan")]),
    Example(
        "SL403",
        "creates column `city` of `users`, which the downgrade does not drop",
        [USERS],
        [add("city"), add("zip")],
        [ops.DropColumnOp("users", "zip")],
    ),
    Example(
        "SL403",
        "creates index `ix` of `users`, which the downgrade does not drop",
        [USERS],
        [ops.CreateIndexOp("ix", "users", ["plan"]), ops.CreateTableOp("t", [column("a")])],
        [sql("DROP TABLE t")],
    ),
    Example("SL403", None, [USERS], [add("city")], [sql("ALTER TABLE users DROP COLUMN city")]),
    Example(
        "SL404",
        "changes rows of `users` with UPDATE, but the downgrade does not restore them",
        FILLED,
        [add("city"), sql("UPDATE users SET plan = 'pro' WHERE id = 1")],
        [ops.DropColumnOp("users", "city")],
    ),
    Example(
        "SL404",
        None,
        FILLED,
        [add("city"), sql("UPDATE users SET city = 'Rome' WHERE id = 1")],
        [ops.DropColumnOp("users", "city")],
    ),
    Example(
        "SL405",
        "the downgrade adds `users.plan` NOT NULL without a default (3 rows)",
        FILLED,
        [DROP],
        [add("plan", nullable=False)],
    ),
    Example("SL405", None, FILLED, [DROP], [add("plan")]),
    Example("SL405", None, [USERS], [DROP], [add("plan", nullable=False)]),
]

ON_MARIADB = [
    Example(
        "SL601",
        "copies `users` (3 rows) because of a changed type",
        FILLED,
        [alter("n", modify_type=sa.Integer())],
        dialects=MARIADB,
    ),
    Example(
        "SL601",
        "copies `orders` (3 rows) because of a foreign key that is checked",
        [*FILLED, ORDERS, ORDERED],
        [KEY],
        dialects=MARIADB,
    ),
    Example("SL601", None, FILLED, [alter("n", modify_type=sa.Integer())], dialects=PLAIN),
    Example(
        "SL601", None, FILLED, [alter(modify_type=sa.String(60)), add("city")], dialects=MARIADB
    ),
    Example(
        "SL602",
        "runs 1 DDL statement in addition to changes of rows, which commits everything before it",
        FILLED,
        [add("city"), sql("UPDATE users SET city = 'Rome'")],
        dialects=MARIADB,
    ),
    Example(
        "SL602",
        "runs 1 DDL statement between changes of rows, which commits everything before it",
        FILLED,
        [
            sql("UPDATE users SET n = 1 WHERE id = 1"),
            add("city"),
            sql("UPDATE users SET city = 'Rome'"),
        ],
        dialects=MARIADB,
    ),
    Example("SL602", None, FILLED, [sql("UPDATE users SET n = 1 WHERE id = 1")], dialects=MARIADB),
    Example(
        "SL602", None, FILLED, [add("city"), sql("UPDATE users SET city = 'Rome'")], dialects=PLAIN
    ),
    Example(
        "SL603",
        "invents '' in `users.city` for 3 rows",
        FILLED,
        [add("city", nullable=False)],
        dialects=MARIADB,
    ),
    Example("SL603", None, [USERS], [add("city", nullable=False)], dialects=MARIADB),
    Example("SL603", None, FILLED, [add("city", nullable=False, server_default="x")]),
    Example(
        "SL604",
        "alters `users.city`, which loses its NOT NULL and default",
        [USERS, "ALTER TABLE users ADD city VARCHAR(9) NOT NULL DEFAULT 'x'"],
        [alter("city", modify_type=sa.String(20))],
        dialects=MARIADB,
    ),
    Example(
        "SL604",
        None,
        [USERS, "ALTER TABLE users ADD city VARCHAR(9) NOT NULL DEFAULT 'x'"],
        [
            alter(
                "city",
                modify_type=sa.String(20),
                existing_nullable=False,
                existing_server_default="x",
            )
        ],
    ),
]

TRIGGER = "CREATE TRIGGER noted AFTER INSERT ON users BEGIN SELECT 1; END"
VIEW = "CREATE VIEW seen AS SELECT plan FROM users"
CHILDREN = (
    "CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id) "
    "ON DELETE CASCADE)"
)
TWELVE = "INSERT INTO users VALUES (1, '12', 3)"
BATCH = ops.ModifyTableOps("users", [alter("n", modify_type=sa.Integer())])
NATIVE = ops.ModifyTableOps("users", [add("city")])
COLLATED = "CREATE TABLE users (id INTEGER PRIMARY KEY, n INTEGER, plan TEXT COLLATE NOCASE)"

ON_SQLITE = [
    Example(
        "SL501",
        "copies `users`, which loses its trigger `noted`",
        [USERS, TRIGGER],
        [BATCH],
        dialects=SQLITE,
    ),
    Example("SL501", None, [USERS, TRIGGER], [BATCH, sql(TRIGGER)], dialects=SQLITE),
    Example("SL501", None, [USERS, TRIGGER], [NATIVE], dialects=SQLITE),
    Example("SL501", None, [USERS], [BATCH]),
    Example(
        "SL502",
        "copies `users`, which loses COLLATE NOCASE of users.plan",
        [COLLATED],
        [BATCH],
        dialects=SQLITE,
    ),
    Example(
        "SL502",
        None,
        [USERS, "CREATE INDEX ix ON users (plan DESC)"],
        [BATCH],
        dialects=SQLITE,
    ),
    Example("SL502", None, [COLLATED], [NATIVE], dialects=SQLITE),
    Example("SL502", None, [USERS], [BATCH]),
    Example(
        "SL503",
        "copies `users`; with foreign keys on, "
        "2 rows of `orders` would be deleted (ON DELETE CASCADE)",
        [*FILLED, CHILDREN, "INSERT INTO orders VALUES (1, 1), (2, 2), (3, NULL)"],
        [BATCH],
        dialects=SQLITE,
    ),
    Example("SL503", None, [*FILLED, CHILDREN], [BATCH], dialects=SQLITE),
    Example("SL503", None, [*FILLED, ORDERS, ORDERED], [BATCH]),
    Example(
        "SL504",
        "stops at `users.plan`: error in view seen after drop column: no such column: plan",
        [USERS, VIEW],
        [DROP],
        dialects=SQLITE,
    ),
    Example(
        "SL504",
        "stops at `users`: error in view seen: no such table: main.users",
        [USERS, VIEW],
        [BATCH],
        dialects=SQLITE,
    ),
    Example("SL504", None, [USERS, VIEW], [sql("DROP VIEW seen"), DROP], dialects=SQLITE),
    Example("SL504", None, [USERS, VIEW], [NATIVE], dialects=SQLITE),
    Example(
        "SL206",
        "casts `users.plan` to INTEGER: 2 values cannot become INTEGER: 'free', 'professional'",
        FILLED,
        [alter(modify_type=sa.Integer())],
    ),
    Example(
        "SL206",
        None,
        [USERS, "INSERT INTO users VALUES (1, '12', 3)"],
        [alter(modify_type=sa.Integer())],
    ),
    Example(
        "SL206",
        None,
        FILLED,
        [alter(modify_type=sa.Integer(), postgresql_using="length(plan)")],
        dialects=("postgresql",),
    ),
]

NUMBERS = "CREATE TABLE users (id INTEGER PRIMARY KEY, plan NUMERIC(10,2), n TIMESTAMP NULL)"
NUMBERED = (
    NUMBERS,
    "INSERT INTO users VALUES (1, 1.75, '2026-05-06 00:00:00')",
    "INSERT INTO users VALUES (2, 12345.5, '2026-05-06 10:00:00')",
)
MOOD = (
    "DROP TYPE IF EXISTS plans CASCADE",
    "CREATE TYPE plans AS ENUM ('free', 'pro')",
    "CREATE TABLE users (id INTEGER PRIMARY KEY, plan plans)",
    "INSERT INTO users VALUES (1, 'free'), (2, 'pro')",
)
USED = [TableReference("users", "plan", table_schema="public")]


def members(*names: str) -> SyncEnumValuesOp:
    """Change the members of PostgreSQL's type."""
    return SyncEnumValuesOp("public", "plans", ["free", "pro"], list(names), USED)


ON_SERVERS = [
    Example(
        "SL206",
        "casts `users.plan` to INTEGER: 2 values cannot become INTEGER: 'free', 'professional'",
        FILLED,
        [alter(modify_type=sa.Integer(), postgresql_using="plan::INTEGER")],
    ),
    Example(
        "SL206",
        None,
        FILLED,
        [sql("UPDATE users SET plan = length(plan)"), alter(modify_type=sa.Integer())],
    ),
    Example(
        "SL103",
        "narrows `users.plan`: 1 value loses digits after the point in NUMERIC(9, 1)",
        NUMBERED,
        [alter(existing_type=sa.Numeric(10, 2), modify_type=sa.Numeric(9, 1))],
        dialects=SERVERS,
    ),
    Example(
        "SL103",
        "narrows `users.plan`: 1 value is outside the range of NUMERIC(5, 2) (-999.99 to 999.99)",
        NUMBERED,
        [alter(modify_type=sa.Numeric(5, 2))],
        dialects=SERVERS,
    ),
    Example(
        "SL103",
        "narrows `users.plan`: 2 values lose digits after the point in INTEGER",
        NUMBERED,
        [alter(modify_type=sa.Integer)],
        dialects=SERVERS,
    ),
    Example(
        "SL103",
        "narrows `users.n`: 1 value has a time of day, which DATE drops",
        NUMBERED,
        [alter("n", existing_type=sa.DateTime(), modify_type=sa.Date())],
        dialects=SERVERS,
    ),
    Example(
        "SL206",
        "casts `users.n` to DATE: 2 values are changed by SQLite's CAST to DATE: "
        "'2026-05-06 00:00:00', '2026-05-06 10:00:00'",
        NUMBERED,
        [alter("n", existing_type=sa.DateTime(), modify_type=sa.Date())],
        dialects=SQLITE,
    ),
    Example("SL103", None, NUMBERED, [alter(modify_type=sa.Numeric(12, 4))]),
    Example(
        "SL105",
        "removes 'pro' from the members of `users.plan`; 1 row still uses it",
        MOOD,
        [members("free", "team")],
        dialects=POSTGRESQL,
    ),
    Example("SL105", None, MOOD, [members("free", "pro", "team")], dialects=POSTGRESQL),
    Example(
        "SL306",
        "adds 'team' to the members of `users.plan`",
        MOOD,
        [members("free", "pro", "team")],
        dialects=POSTGRESQL,
    ),
]

NEW_TABLES = [
    Example(
        "SL701", "creates `t` without a primary key", [], [ops.CreateTableOp("t", [column("a")])]
    ),
    Example("SL701", "creates `t` without a primary key", [], [sql("CREATE TABLE t (a INTEGER)")]),
    Example("SL701", None, [], [ops.CreateTableOp("t", [column("a", primary_key=True)])]),
]

EXAMPLES = [
    *(*ON_SERVERS, *ON_SQLITE, *LOSSES, *IN_THE_WAY),
    *(*OLD_VERSIONS, *WAYS_BACK, *ON_MARIADB, *NEW_TABLES),
]

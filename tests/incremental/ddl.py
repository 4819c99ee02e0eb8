"""Random DDL by another connection; what the database refuses has not happened."""

from __future__ import annotations

from contextlib import suppress
from random import Random
from typing import Any

import sqlalchemy as sa

from tests.incremental.models import CALM, COLUMNS, NAMES

POINTING = "CREATE TABLE {t} (id INTEGER PRIMARY KEY, goal_id INTEGER REFERENCES {u} (id))"
NAMED = (
    "CREATE TABLE {t} (id INTEGER PRIMARY KEY, {c} INTEGER, goal_id INTEGER,"
    " CONSTRAINT fk1_{n} FOREIGN KEY (goal_id) REFERENCES {u} (id))"
)
ANYWHERE = (
    "ALTER TABLE {t} ADD COLUMN {c} INTEGER",
    "ALTER TABLE {t} ADD COLUMN {c} VARCHAR(50) DEFAULT 'x'",
    "ALTER TABLE {t} DROP COLUMN {c}",
    "ALTER TABLE {t} RENAME COLUMN {c} TO {d}",
    "ALTER TABLE {t} RENAME COLUMN id TO {d}",
    "ALTER TABLE {t} RENAME COLUMN {d} TO id",
    "ALTER TABLE {t} RENAME TO {u}",
    "DROP TABLE {t}",
    "DROP TABLE IF EXISTS {t}; CREATE TABLE {t} (id INTEGER PRIMARY KEY, {c} VARCHAR(20))",
    "DROP TABLE IF EXISTS {t}; " + POINTING,
    NAMED,
    "CREATE INDEX {i} ON {t} ({c})",
    "CREATE UNIQUE INDEX {i} ON {t} (id, goal_id)",
    "ALTER TABLE {t} ADD COLUMN goal2_id INTEGER REFERENCES {u} (id)",
    "ALTER TABLE {t} RENAME TO {x}; ALTER TABLE {x} RENAME TO {t}",
    "CREATE TABLE {x} AS SELECT 1 AS a",
    "DROP TABLE {x}",
    "DELETE FROM {t}",
    "INSERT INTO {t} (id) VALUES (4711)",
    "CREATE VIEW {v} AS SELECT 1 AS a",
    "DROP VIEW {v}",
)
ONLY = {
    "sqlite": (
        "DROP INDEX {i}",
        "CREATE TABLE {t} (id INTEGER PRIMARY KEY, goal_id INTEGER REFERENCES {u})",
        "CREATE INDEX {i} ON {t} (lower({c}) DESC)",
        "CREATE TRIGGER {v} AFTER DELETE ON {t} BEGIN SELECT 1; END",
        "VACUUM",
    ),
    "postgresql": (
        "DROP INDEX {i}",
        "DROP TABLE {t} CASCADE",
        "COMMENT ON TABLE {t} IS 'said'",
        "COMMENT ON COLUMN {t}.{c} IS 'plain'",
        "COMMENT ON COLUMN {t}.{c} IS NULL",
        "ALTER TABLE {t} ALTER COLUMN {c} TYPE VARCHAR(60)",
        "ALTER TABLE {t} ALTER COLUMN {c} SET DEFAULT 8",
        "ALTER TABLE {t} ALTER COLUMN {c} DROP DEFAULT",
        "ALTER TABLE {t} ALTER COLUMN {c} SET NOT NULL",
        "ALTER TABLE {t} ALTER COLUMN {c} DROP NOT NULL",
        "CREATE TYPE letter AS ENUM ('a', 'b')",
        "ALTER TYPE letter ADD VALUE 'c'",
        "ALTER TYPE letter RENAME VALUE 'a' TO 'z'",
        "ALTER TYPE letter RENAME VALUE 'z' TO 'a'",
        "ALTER TYPE letter RENAME TO former",
        "ALTER TYPE former RENAME TO letter",
        "ALTER TABLE {t} ADD COLUMN {c} letter",
        "ALTER TABLE {t} ADD COLUMN {c} SERIAL",
        "CREATE SEQUENCE loose",
        "ALTER TABLE {t} ALTER COLUMN id SET DEFAULT nextval('loose')",
        "ALTER SEQUENCE loose OWNED BY {t}.id",
        "ALTER SEQUENCE loose OWNED BY NONE",
        "ALTER SEQUENCE loose RENAME TO looser",
        "ALTER SEQUENCE looser RENAME TO loose",
        "ALTER TYPE mood ADD VALUE IF NOT EXISTS 'odd'",
        "ALTER TYPE mood RENAME VALUE 'a' TO 'z'",
        "ALTER TYPE mood RENAME VALUE 'z' TO 'a'",
        "ALTER TABLE {t} ADD CONSTRAINT fk1_{n} FOREIGN KEY (goal_id) REFERENCES {u} (id)",
        "ALTER TABLE {t} DROP CONSTRAINT fk1_{n}",
        "ALTER TABLE {t} ADD COLUMN {c} INTEGER GENERATED ALWAYS AS IDENTITY",
        "ALTER INDEX {i} RENAME TO {v}",
        "CREATE SCHEMA aside",
        "ALTER TABLE {t} SET SCHEMA aside",
        "ALTER TABLE aside.{t} SET SCHEMA public",
        "DROP SCHEMA aside CASCADE",
        "ALTER TABLE {t} ADD CHECK (id > 0)",
        "TRUNCATE {t} CASCADE",
        "ANALYZE {t}",
        "CREATE TEMPORARY TABLE {x} (a INTEGER)",
    ),
    "mariadb": (
        "DROP INDEX {i} ON {t}",
        "ALTER TABLE {t} COMMENT 'said'",
        "ALTER TABLE {t} MODIFY {c} VARCHAR(60) COMMENT 'plain'",
        "ALTER TABLE {t} MODIFY {c} ENUM('a', 'b', 'c')",
        "ALTER TABLE {t} MODIFY {c} ENUM('a', 'b')",
        "ALTER TABLE {t} ALTER {c} SET DEFAULT 8",
        "ALTER TABLE {t} ALTER {c} DROP DEFAULT",
        "ALTER TABLE {t} MODIFY {c} INTEGER NOT NULL",
        "ALTER TABLE {t} RENAME INDEX {i} TO {v}",
        "ALTER TABLE {t} DROP FOREIGN KEY fk1_{n}",
        "RENAME TABLE {t} TO {x}, {u} TO {t}, {x} TO {u}",
        "ALTER TABLE {t} ADD CONSTRAINT fk1_{n} FOREIGN KEY (goal_id) REFERENCES {u} (id)",
        "ALTER TABLE {t} ADD CONSTRAINT ck CHECK (id > 0)",
        "SET foreign_key_checks = 0; DROP TABLE {t}; SET foreign_key_checks = 1",
        "TRUNCATE {t}",
        "FLUSH TABLES",
        "FLUSH STATUS",
        "ANALYZE TABLE {t}",
        "ALTER TABLE {t} ENGINE=InnoDB",
    ),
}


def some_ddl(random: Random, dialect: sa.Dialect) -> tuple[list[str], set[str]]:
    """Give one act of DDL: its statements, and the tables that it names."""
    name = "mariadb" if dialect.name in ("mysql", "mariadb") else dialect.name
    template = random.choice((*ANYWHERE, *ONLY[name], *ONLY[name]))
    quote = dialect.identifier_preparer.quote
    names = random.choice((NAMES, NAMES, CALM))
    table, other = random.choice(names), random.choice((*names, *CALM))
    column, renamed = random.sample(COLUMNS, 2)
    filled = template.format(
        t=quote(table),
        u=quote(other),
        c=quote(column),
        d=quote(renamed),
        i=quote(f"ix{random.randint(0, 1)}_{table}"),
        n=table[0],
        x="extra",
        v="shown",
    )
    return filled.split("; ") if "TRIGGER" not in filled else [filled], {table, other}


def run(connection: sa.Connection, statements: list[str]) -> bool:
    """Run statements in the open transaction; say whether the database took them."""
    try:
        for one in statements:
            connection.exec_driver_sql(one.replace("%", "%%"))
    except sa.exc.DBAPIError:
        connection.rollback()
        return False
    return True


def put_right(connection: sa.Connection, metadata: sa.MetaData, touched: set[str]) -> None:
    """Drop what was touched and what is not calm, and create the models, if the database can."""
    live = sa.MetaData()
    try:
        live.reflect(connection, resolve_fks=False)
        chosen = _with_those_that_point(live, touched)
    except sa.exc.SQLAlchemyError:  # one cannot be read: all go
        chosen = set(sa.inspect(connection).get_table_names())
    with suppress(sa.exc.SQLAlchemyError):
        _drop(connection, chosen)
    connection.rollback()
    for table in _in_order(metadata):
        try:
            table.create(connection, checkfirst=True)
            connection.commit()
        except sa.exc.SQLAlchemyError:
            connection.rollback()


def _with_those_that_point(live: sa.MetaData, touched: set[str]) -> set[str]:
    """Give the tables to make anew: a key to one that is dropped goes with it."""
    chosen = {one.name for one in live.tables.values() if one.name not in CALM} | touched
    before = 0
    while before < len(chosen):
        before = len(chosen)
        for table in live.tables.values():
            goals = {key.target_fullname.rsplit(".", 1)[0] for key in table.foreign_keys}
            if goals & chosen:
                chosen.add(table.name)
    return chosen & {one.name for one in live.tables.values()}


def _in_order(metadata: sa.MetaData) -> list[sa.Table]:
    """Sort the tables, unless one points to a table that is gone."""
    try:
        return metadata.sorted_tables
    except sa.exc.SQLAlchemyError:
        return list(metadata.tables.values())


def _drop(connection: Any, tables: set[str]) -> None:
    if connection.dialect.name in ("mysql", "mariadb"):
        connection.exec_driver_sql("SET foreign_key_checks = 0")
    for table in sorted(tables):
        quoted = connection.dialect.identifier_preparer.quote(table)
        end = " CASCADE" if connection.dialect.name == "postgresql" else ""
        connection.exec_driver_sql(f"DROP TABLE {quoted}{end}".replace("%", "%%"))
    connection.commit()
    if connection.dialect.name in ("mysql", "mariadb"):
        connection.exec_driver_sql("SET foreign_key_checks = 1")

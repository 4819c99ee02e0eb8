"""Pairs of models that differ in one thing, by what differs; and the dialects that have it."""

import copy
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

SQLITE, POSTGRESQL, MARIADB = "sqlite", "postgresql", "mariadb"
ALL = (SQLITE, POSTGRESQL, MARIADB)


@dataclass(frozen=True)
class Pair:
    """The parts of a table before and after, as arguments of `models`."""

    about: str
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    dialects: tuple[str, ...] = ALL


def models(**parts: Any) -> sa.MetaData:
    """Give two tables; each argument changes one thing of the second."""
    metadata = sa.MetaData()
    sa.Table("parent", metadata, sa.Column("id", sa.Integer, primary_key=True))
    has = {"key": ("id",), "check": "n > 0", "default": "7", "unique": ("a", "n"), **parts}
    key = has["key"]
    options: dict[str, Any] = has.get("options", {})
    identity = [sa.Identity(**has["identity"])] if "identity" in has else []
    reference = sa.ForeignKey("parent.id", name="fk_p", **has.get("reference", {}))
    columns: list[sa.Column[Any]] = [
        sa.Column(
            "id", sa.Integer, *identity, primary_key=True, autoincrement=has.get("auto", "auto")
        ),
        sa.Column(
            "a",
            sa.String(20, collation=has.get("collation")),
            nullable=False,
            primary_key="a" in key,
        ),
        sa.Column("n", sa.Integer, nullable=False, server_default=has["default"]),
        sa.Column("s", sa.String(has.get("length", 20)), server_default=has.get("text")),
        sa.Column("p", sa.Integer, reference),
    ]
    computed = has.get("computed")
    if "extra" in has:
        columns.append(sa.Column("x", has["extra"]))
    if "kind" in has:
        columns.append(sa.Column("k", copied(has["kind"])))
    if has.get("self"):
        columns.append(sa.Column("t", sa.Integer, sa.ForeignKey("thing.id", name="fk_self")))
    if computed is not None:
        made = [sa.Computed(computed, persisted=has.get("stored", True))] if computed else []
        columns.append(sa.Column("c", sa.Integer, *made))
    constraints: list[Any] = list(has.get("more", []))
    if has["check"]:
        constraints.append(sa.CheckConstraint(has["check"], name=has.get("check_name", "ck_n")))
    constraints.append(sa.UniqueConstraint(*has["unique"], name="uq", **has.get("late", {})))
    if "index" in has:
        terms, given = has["index"]
        constraints.append(sa.Index("ix", *terms, **given))
    named: dict[str, Any] = dict(options)
    sa.Table("thing", metadata, *[*columns, *constraints], **named)
    return metadata


def copied(kind: Any) -> Any:
    """Copy an enum, which belongs to a single table."""
    return copy.copy(kind)


def index(*terms: Any, **given: Any) -> dict[str, Any]:
    """Give the argument for an index."""
    return {"index": (terms, given)}


def where(text: str) -> dict[str, Any]:
    """Give the condition of an index, for the dialects that have one."""
    return {"sqlite_where": sa.text(text), "postgresql_where": sa.text(text)}


LATE = {"deferrable": True, "initially": "DEFERRED"}
EXCLUDED = [postgresql.ExcludeConstraint(("n", "="), name="ex", using="btree")]
BOTH = (SQLITE, POSTGRESQL)
ONE = (POSTGRESQL,)
MINE = (MARIADB,)
PAIRS = [
    Pair("check added", {"check": ""}, {}),
    Pair("check dropped", {}, {"check": ""}),
    Pair("check changed", {}, {"check": "n > 3 AND n <> 9"}),
    Pair("check renamed", {}, {"check_name": "other"}),
    Pair("check with a percent", {}, {"check": "n % 2 = 1"}),
    Pair("check of two columns", {}, {"check": "n > 0 OR a = ':x'"}),
    Pair("computed expression", {"computed": "n * 2"}, {"computed": "n * 3"}),
    Pair(
        "computed virtual",
        {"computed": "n * 2"},
        {"computed": "n * 2", "stored": False},
        (SQLITE, MARIADB),
    ),
    Pair("computed becomes plain", {"computed": "n * 2"}, {"computed": ""}),
    Pair("plain becomes computed", {"computed": ""}, {"computed": "n * 2"}),
    Pair("computed added", {}, {"computed": "n * 2"}),
    Pair("computed dropped", {"computed": "n * 2"}, {}),
    Pair(
        "default beside a computed column",
        {"computed": "n * 2"},
        {"computed": "n * 2", "default": "8"},
    ),
    Pair(
        "check beside a computed column",
        {"computed": "n * 2"},
        {"computed": "n * 2", "check": "n > 1"},
    ),
    Pair(
        "length beside a computed column",
        {"computed": "n * 2"},
        {"computed": "n * 2", "length": 30},
    ),
    Pair(
        "column added beside a computed column",
        {"computed": "n * 2"},
        {"computed": "n * 3", "extra": sa.Integer()},
    ),
    Pair("type of a column", {"extra": sa.Integer()}, {"extra": sa.BigInteger()}),
    Pair(
        "computed column with an index",
        {"computed": "n * 2", **index("c")},
        {"computed": "n * 3", **index("c")},
    ),
    Pair("primary key widened", {}, {"key": ("id", "a"), "auto": False}, BOTH),
    Pair(
        "primary key widened under a counter",
        {"auto": True},
        {"key": ("id", "a"), "auto": True},
        MINE,
    ),
    Pair("unique order", {}, {"unique": ("n", "a")}),
    Pair("unique deferrable", {}, {"late": LATE}, ONE),
    Pair("unique not deferrable", {"late": LATE}, {}, ONE),
    Pair("unique nulls not distinct", {}, {"late": {"postgresql_nulls_not_distinct": True}}, ONE),
    Pair("unique on conflict", {}, {"late": {"sqlite_on_conflict": "IGNORE"}}, (SQLITE,)),
    Pair("exclusion added", {}, {"more": EXCLUDED}, ONE),
    Pair("foreign key on delete", {}, {"reference": {"ondelete": "CASCADE"}}),
    Pair("foreign key deferrable", {}, {"reference": LATE}, BOTH),
    Pair("foreign key match", {}, {"reference": {"match": "FULL"}}, ONE),
    Pair("default", {}, {"default": "8"}),
    Pair("default in quotes", {}, {"text": "'active'"}),
    Pair("default with a quote", {"text": "'active'"}, {"text": "it's"}),
    Pair("default expression", {"text": "x"}, {"text": sa.text("('a' || 'b')")}, BOTH),
    Pair("default call", {"text": sa.text("(lower('X'))")}, {"text": sa.text("(upper('x'))")}),
    Pair("collation", {}, {"collation": "C"}, ONE),
    Pair("collation nocase", {}, {"collation": "NOCASE"}, (SQLITE,)),
    Pair("collation dropped", {"collation": "NOCASE"}, {}, (SQLITE,)),
    Pair("collation binary", {}, {"collation": "utf8mb4_bin"}, MINE),
    Pair("identity always", {"identity": {}}, {"identity": {"always": True}}, ONE),
    Pair("identity options", {"identity": {}}, {"identity": {"start": 50, "increment": 5}}, ONE),
    Pair("identity added", {}, {"identity": {"always": True}}, ONE),
    Pair("identity dropped", {"identity": {}}, {}, ONE),
    Pair("autoincrement", {}, {"options": {"sqlite_autoincrement": True}}, (SQLITE,)),
    Pair("autoincrement dropped", {"options": {"sqlite_autoincrement": True}}, {}, (SQLITE,)),
    Pair("auto_increment", {"auto": False}, {"auto": True}, MINE),
    Pair("without rowid", {}, {"options": {"sqlite_with_rowid": False}}, (SQLITE,)),
    Pair("index where", index("a", **where("n > 1")), index("a", **where("n > 2")), BOTH),
    Pair("index where dropped", index("a", **where("n > 1")), index("a"), BOTH),
    Pair("index expression", index(sa.text("lower(a)")), index(sa.text("upper(a)")), BOTH),
    Pair("index order", index("a", sa.text("n")), index("a", sa.text("n DESC"))),
    Pair("index unique", index("a"), index("a", unique=True)),
    Pair("index include", index("a"), index("a", postgresql_include=["n"]), ONE),
    Pair("index using", index("a"), index("a", postgresql_using="hash"), ONE),
    Pair("index with", index("a"), index("a", postgresql_with={"fillfactor": 50}), ONE),
    Pair(
        "index operator class",
        index("a"),
        index("a", postgresql_ops={"a": "varchar_pattern_ops"}),
        ONE,
    ),
    Pair("index prefix length", index("a", mysql_length=5), index("a", mysql_length=9), MINE),
    Pair("index fulltext", index("a"), index("a", mysql_prefix="FULLTEXT"), MINE),
    Pair("fillfactor", {}, {"options": {"postgresql_with": {"fillfactor": 70}}}, ONE),
    Pair(
        "row format",
        {"options": {"mysql_row_format": "DYNAMIC"}},
        {"options": {"mysql_row_format": "COMPACT"}},
        MINE,
    ),
    Pair("two things", {}, {"check": "n > 1", "default": "9", "unique": ("n", "a")}),
]

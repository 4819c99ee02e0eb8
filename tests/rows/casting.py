"""Changes of types, values for them, and what a database itself makes of each value."""

import datetime as dt
import json
import re
import uuid
from collections.abc import Callable
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

import sqlalchemy as sa
from hypothesis import strategies as st
from sqlalchemy.dialects import mysql, postgresql

from schema_lab.rows import family
from schema_lab.rows.families import MOMENTS, has_zone
from schema_lab.rows.using import using_of
from schema_lab.schema.words import type_text

TEXT = sa.String(60)
PAIRS: list[tuple[Any, Any]] = [
    (TEXT, sa.Integer()),
    (TEXT, sa.SmallInteger()),
    (TEXT, sa.BigInteger()),
    (TEXT, sa.Numeric(6, 2)),
    (TEXT, sa.Numeric(6)),
    (TEXT, sa.Double()),
    (TEXT, sa.Boolean()),
    (TEXT, sa.Date()),
    (TEXT, sa.DateTime()),
    (TEXT, sa.Time()),
    (TEXT, sa.Uuid()),
    (TEXT, sa.JSON()),
    (TEXT, sa.String(4)),
    (sa.BigInteger(), sa.Integer()),
    (sa.Integer(), sa.SmallInteger()),
    (sa.BigInteger(), sa.Double()),
    (sa.Integer(), sa.Boolean()),
    (sa.Integer(), sa.Numeric(5, 2)),
    (sa.Integer(), sa.String(3)),
    (sa.Double(), sa.Integer()),
    (sa.Double(), sa.Numeric(5, 2)),
    (sa.Numeric(12, 3), sa.Integer()),
    (sa.Numeric(12, 3), sa.Numeric(6, 1)),
    (sa.Numeric(12, 3), sa.Numeric(6)),
    (sa.Date(), sa.String(6)),
    (sa.Date(), sa.DateTime()),
    (sa.DateTime(), sa.Date()),
    (sa.DateTime(), sa.Time()),
]
OWN: dict[str, list[tuple[Any, Any]]] = {
    "sqlite": [],
    "postgresql": [
        (TEXT, sa.DateTime(timezone=True)),
        (TEXT, postgresql.REAL()),
        (TEXT, sa.Enum("a", "B", name="rows_kinds")),
        (sa.Double(), postgresql.REAL()),
        (sa.Integer(), postgresql.REAL()),
        (sa.Numeric(), sa.Double()),
        (sa.Numeric(), sa.Integer()),
        (postgresql.TIMESTAMP(), postgresql.TIMESTAMP(precision=0)),
    ],
    "mariadb": [
        (TEXT, mysql.INTEGER(unsigned=True)),
        (TEXT, mysql.TINYINT()),
        (TEXT, mysql.MEDIUMINT()),
        (TEXT, mysql.TIMESTAMP()),
        (TEXT, mysql.DATETIME(fsp=6)),
        (TEXT, sa.Numeric()),
        (TEXT, sa.Float()),
        (TEXT, sa.Enum("a", "B")),
        (sa.Integer(), mysql.INTEGER(unsigned=True)),
        (mysql.INTEGER(unsigned=True), sa.Integer()),
        (mysql.BIGINT(unsigned=True), sa.BigInteger()),
        (sa.Double(), sa.Float()),
        (sa.Double(), sa.Numeric()),
        (mysql.DATETIME(fsp=6), mysql.DATETIME()),
        (sa.DateTime(), mysql.TIMESTAMP()),
        (sa.Text(), mysql.TINYTEXT()),
    ],
}
ODD = (
    *("", " ", "7", " 7", "7 ", "\t7", "7\n", "+7", "+ 7", "007", "1.0", "1.5", ".5", "5.", "1e2"),
    *("-0.4", "7x", "x", "NaN", "inf", "-inf", "99999999999", "2147483647", "2147483648", "-32769"),
    *("9223372036854775807", "9223372036854775808", "1e9", "1e-3", "1e400", "1e-400", "1e", "0x10"),
    *("1_000", "٣", "\u30007", "9999.994", "9999.995", "4.255", "4,2", "16777217", "255", "256"),
    *("true", "TRUE", "t", "f", "yes", "off", "on", "0", "1", "2", "-1", "300", "1 ", " 0"),
    *("2026-02-30", "2026-02-28", "2024-02-29", "1900-02-29", "2000-02-29", "0000-00-00", "soon"),
    *("0000-02-29", "0000-01-01", "0001-01-01", "9999-12-31", "10000-01-01", "20260131"),
    *("2026-1-5", "2026-01-31\n", " 2026-01-31", "2026-01-31 10:00", "2026-01-31T10:00:00"),
    *("2026-01-31 00:00:00", "2026-01-31 24:00:00", "2026-01-31 10:00:00.5", "1969-12-31 23:00"),
    *("2026-01-31T10:00:00Z", "2026-01-31 10:00:00+02:00", "2026-01-31 10:00:00+99:00"),
    *("2039-01-01", "2026-01-31 10:00:00.123456", "2026-01-31 10:00:00.1234567"),
    *("10:00", "10:00:00", "24:00:00", "25:00:00", "10:61", "10", "10:00:00.5", "-10:00:00"),
    *("550e8400-e29b-41d4-a716-446655440000", "550e8400e29b41d4a716446655440000"),
    *("550E8400E29B41D4A716446655440000", "550e8400-e29b-41d4-a716-44665544000", "g" * 32),
    *('{"a": 1}', "{", "null", "nul", "[]", '{"a": 1} x', "a", "A", "B", "b", " a", "abc  "),
    *("ä" * 4, "😀" * 5, "abcd", "abcde", "ä" * 30),
)


def _moments() -> st.SearchStrategy[str]:
    parts = st.tuples(
        st.sampled_from((0, 1, 1900, 1970, 2000, 2024, 2026, 2038, 9999)),
        *(st.integers(0, 13), st.integers(0, 32)),
        st.sampled_from(("", " 00:00:00", " 23:59:59", "T12:30", " 24:00", " 01:02:03.4", "Z")),
        st.sampled_from(("", "", "Z", "+02", "-15:59", "+16:00", "+0530")),
    )
    return parts.map(lambda part: "{:04}-{:02}-{:02}{}{}".format(*part))


def _numbers(*edges: int) -> st.SearchStrategy[int]:
    near = [edge + step for edge in edges for step in (-1, 0, 1)]
    return st.sampled_from(near)


def values_of(before: Any, dialect: str) -> st.SearchStrategy[Any]:
    """Draw values that a column of the type holds."""
    low, high = -(2**31), 2**31 - 1
    if isinstance(before, sa.BigInteger):
        low, high = -(2**63), 2**63 - 1
    if getattr(before, "unsigned", False):
        low, high = 0, 2 * high + 1
    found: dict[str, st.SearchStrategy[Any]] = {
        "text": st.one_of(
            st.sampled_from(ODD),
            _moments(),
            st.from_regex(r"[+-]?[0-9]{1,12}([.][0-9]{1,6})?(e[0-9])?", fullmatch=True),
        ),
        "integer": st.one_of(
            st.integers(-1000, 1000),
            _numbers(-(2**15), 2**15, 2**24, 2**31, 2**53, 127, 255, 999, 1000),
        ).map(lambda number: min(max(number, low), high)),
        "float": st.sampled_from(
            (
                *(0.0, 1.5, 2.5, -0.4, 0.25, 999.994, 999.995, 2147483647.4, 2147483647.5),
                *(1e20, 1e300, 0.1, 16777217.0, -32768.5, 1e-300, 3.4e38, 3.5e38, 123456789.125),
            )
        ),
        "decimal": st.decimals(-(10**8), 10**8, places=3, allow_nan=False),
        "date": st.dates(dt.date(1, 1, 1)),
        "datetime": st.datetimes(dt.datetime(1000, 1, 1)),  # noqa: DTZ001 - as columns have it
    }
    kind = family(before)
    if kind == "datetime":
        whole = st.dates(dt.date(1000, 1, 1)).map(lambda day: dt.datetime.combine(day, dt.time()))
        moments = st.one_of(whole, found["datetime"])
        fine = getattr(before, "fsp", None) or dialect != "mariadb"
        return moments if fine else moments.map(lambda moment: moment.replace(microsecond=0))
    if isinstance(before, sa.Text):
        return st.sampled_from(("a" * 255, "a" * 256, "ä" * 127, "ä" * 128, ""))
    return found[kind]


@dataclass(frozen=True)
class Outcome:
    """What a database made of a value: it refused it, changed it, or kept it."""

    refused: bool
    changed: bool


def outcome(connection: sa.Connection, before: Any, after: Any, value: Any) -> Outcome:
    """Change the type of a column of a temporary table that has this value only."""
    dialect = connection.dialect
    engine = " ENGINE=MyISAM" if dialect.name == "mysql" else ""
    connection.exec_driver_sql("DROP TABLE IF EXISTS rows_one")
    connection.exec_driver_sql(
        f"CREATE TEMPORARY TABLE rows_one (v {type_text(before, dialect)} NULL){engine}"
    )
    table = sa.table("rows_one", sa.column("v", before))
    connection.execute(table.insert().values(v=value))
    try:
        with connection.begin_nested() if dialect.name == "postgresql" else nullcontext():
            kept = _altered(connection, before, after)
    except (sa.exc.DBAPIError, ValueError, TypeError, LookupError):
        return Outcome(refused=True, changed=False)
    meant = meaning(value, before, after)
    return Outcome(refused=False, changed=meant is not None and not _same(kept, meant))


def _altered(connection: sa.Connection, before: Any, after: Any) -> Any:
    dialect = connection.dialect
    goal = type_text(after, dialect)
    stored = dialect.name == "sqlite" and family(after) == "decimal"  # SQLAlchemy would round
    as_read = sa.Double() if stored else after
    read = sa.select(sa.column("v", as_read)).select_from(sa.table("rows_one"))
    if dialect.name == "postgresql":
        using = using_of("v", before, after) or "v"
        connection.exec_driver_sql(f"ALTER TABLE rows_one ALTER v TYPE {goal} USING {using}")
    elif dialect.name == "mysql":
        connection.exec_driver_sql(f"ALTER TABLE rows_one MODIFY v {goal} NULL")
    elif not {family(before), family(after)} & {*MOMENTS, "json"}:
        connection.exec_driver_sql("DROP TABLE IF EXISTS rows_cast")
        connection.exec_driver_sql(f"CREATE TEMPORARY TABLE rows_cast (v {goal} NULL)")
        connection.exec_driver_sql(f"INSERT INTO rows_cast SELECT CAST(v AS {goal}) FROM rows_one")
        connection.exec_driver_sql("DROP TABLE rows_one")
        connection.exec_driver_sql("ALTER TABLE rows_cast RENAME TO rows_one")
    elif family(before) == "datetime" and family(after) in ("date", "time"):
        part = "v, 1, 10" if family(after) == "date" else "v, 12"  # as a candidate restores them
        connection.exec_driver_sql(f"UPDATE rows_one SET v = substr({part})")
    return connection.scalar(read)


def meaning(value: Any, before: Any, after: Any) -> Any:
    """Say what a value is in the new type, as Python reads it; None where Python cannot."""
    if not isinstance(value, str):
        return _of_value(value, after)
    with suppress(ValueError, InvalidOperation):
        parse = PARSERS.get(family(after))
        return None if parse is None else parse(value)
    return None


PARSERS: dict[str, Callable[[str], Any]] = {
    "integer": int,
    "decimal": Decimal,
    "float": float,
    "date": dt.datetime.fromisoformat,
    "datetime": dt.datetime.fromisoformat,
    "time": dt.time.fromisoformat,
    "uuid": uuid.UUID,
    "json": json.loads,
    "enum": str,
    "text": str,
}


def _of_value(value: Any, after: Any) -> Any:
    if family(after) in ("text", "boolean"):
        return None
    if isinstance(value, float):
        return Decimal(repr(value))
    return value


def _same(kept: Any, meant: Any) -> bool:
    if isinstance(meant, dt.datetime):
        return _same_moment(kept, meant)
    if isinstance(meant, float) or isinstance(kept, float):
        return float(kept) == float(meant)
    if isinstance(meant, dt.date) and isinstance(kept, dt.datetime):
        return kept == dt.datetime.combine(meant, dt.time())
    return bool(kept == meant)


def _same_moment(kept: Any, meant: dt.datetime) -> bool:
    if isinstance(kept, dt.time):
        return False
    if not isinstance(kept, dt.datetime):
        kept = dt.datetime.combine(kept, dt.time())
    if kept.tzinfo is not None:
        return bool(kept == (meant if meant.tzinfo else meant.replace(tzinfo=dt.UTC)))
    if meant.tzinfo is not None and meant.utcoffset() != dt.timedelta(0):
        return False
    return bool(kept == meant.replace(tzinfo=None))


USUAL = {
    "integer": r"[+-]?[0-9]{1,18}",
    "decimal": r"[+-]?[0-9]{1,12}([.][0-9]{1,6})?",
    "float": r"[+-]?[0-9]{1,12}([.][0-9]{1,6})?",
    "date": r"[0-9]{4}-[0-9]{2}-[0-9]{2}",
    "datetime": r"[0-9]{4}-[0-9]{2}-[0-9]{2}( [0-9]{2}:[0-9]{2}:[0-9]{2})?",
    "time": r"[0-9]{2}:[0-9]{2}:[0-9]{2}",
    "uuid": r"[0-9a-f]{32}",
}


def is_plainly_right(value: Any, before: Any, after: Any) -> bool:
    """Say whether a value is spelled as everybody would, so that no rule may call it wrong."""
    if meaning(value, before, after) is None:
        return False
    if not isinstance(value, str):
        return family(after) != "float" and not has_zone(after)
    usual = USUAL.get(family(after))
    return usual is not None and re.fullmatch(usual, value) is not None

"""PostgreSQL's schema by the transactions that wrote its catalogs.

Each row of a catalog bears the transaction that wrote it (xmin). Whatever is committed later
brings rows of a later transaction or takes rows away, so the rows' transactions, hashed and
summed, are another sum: https://www.postgresql.org/docs/current/ddl-system-columns.html

While no transaction of the whole server has got a number, nobody can have written anything, and
the sum need not be taken again: https://www.postgresql.org/docs/current/functions-info.html
"""

from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

# ruff: noqa: S608 - no part of these queries comes from outside

Place = tuple[str | None, str]

_FIRST = 16384
"""The first object id that is not the server's own."""

_COMMON = (
    "SELECT pg_postmaster_start_time()::text, current_database(), current_user,"
    " (SELECT oid FROM pg_database WHERE datname = current_database())::text,"
    " current_setting('search_path'), current_schemas(true)::text, version(),"
    " current_setting('quote_all_identifiers'), current_setting('DateStyle'),"
    " current_setting('IntervalStyle')"
)
_MOMENT = f"{_COMMON}, txid_current_snapshot()::text"
"""Before the rest, so that what is written meanwhile is seen the next time."""
_SUM = "count(*), sum(hashtextextended({0}.xmin::text, 0))"


def _summed(catalog: str, key: str = "oid", and_: str = "") -> str:
    rest = f" AND {and_}" if and_ else ""
    return f"SELECT {_SUM.format(catalog)} FROM {catalog} WHERE {key} >= {_FIRST}{rest}"


_WITH_TABLES = (
    _summed("pg_class"),
    _summed("pg_attribute", "attrelid", "attnum > 0"),
    _summed("pg_attrdef", "adrelid"),
    _summed("pg_constraint"),
    _summed("pg_index", "indexrelid"),
    _summed("pg_description", "objoid"),
    _summed("pg_inherits", "inhrelid"),
    _summed("pg_depend", "objid", "refobjsubid > 0 AND deptype IN ('a', 'i')"),
    _summed("pg_sequence", "seqrelid"),
)
_NAMESPACES = (
    f"SELECT {_SUM.format('pg_namespace')} FROM pg_namespace"
    " WHERE left(nspname, 8) <> 'pg_temp_' AND left(nspname, 14) <> 'pg_toast_temp_'"
)
_ALONE = """relkind IN ('S', 'c') AND NOT EXISTS (
    SELECT 1 FROM pg_depend d
    WHERE d.classid = 'pg_class'::regclass AND d.objid = pg_class.oid AND d.deptype IN ('a', 'i'))
"""
# What stands in no table's own rows; a change of it may change how any table is spelled.
_APART = (
    _NAMESPACES,
    _summed("pg_type", and_="typrelid = 0 AND typcategory <> 'A'"),
    _summed("pg_enum"),
    _summed("pg_range", "rngtypid"),
    _summed("pg_proc"),
    _summed("pg_operator"),
    _summed("pg_opclass"),
    _summed("pg_collation"),
    _summed("pg_am"),
    _summed("pg_ts_config"),
    _summed("pg_cast"),
)
_OTHER = (
    *_APART,
    _summed("pg_class", and_=_ALONE),
    _summed("pg_constraint", and_="contypid <> 0"),
)


def _joined(parts: tuple[str, ...]) -> str:
    return " UNION ALL ".join(f"({part})" for part in parts)


_WHOLE = f"SELECT array_agg(ARRAY[n, s])::text FROM ({_joined(_WITH_TABLES + _APART)}) AS p(n, s)"
_COMMON_PARTS = f"SELECT array_agg(ARRAY[n, s])::text FROM ({_joined(_OTHER)}) AS p(n, s)"
_OWNED = (
    "pg_depend d JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'"
    " JOIN pg_sequence q ON q.seqrelid = s.oid"
    " LEFT JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid"
    " WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass"
    " AND d.deptype IN ('a', 'i')"
)
_ROWS = f"""
WITH owned AS (
    SELECT d.refobjid AS owner, s.oid AS sequence,
           concat_ws(' ', d.xmin, s.xmin, q.xmin, a.xmin) AS said FROM {_OWNED}),
parts(root, said) AS (
    SELECT oid, xmin::text FROM pg_class WHERE oid >= {_FIRST} AND relkind IN ('r', 'p')
    UNION ALL SELECT attrelid, xmin::text FROM pg_attribute
        WHERE attrelid >= {_FIRST} AND attnum > 0
    UNION ALL SELECT adrelid, xmin::text FROM pg_attrdef
    UNION ALL SELECT conrelid, xmin::text FROM pg_constraint WHERE conrelid >= {_FIRST}
    UNION ALL SELECT i.indrelid, concat_ws(' ', i.xmin, c.xmin)
        FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid >= {_FIRST}
    UNION ALL SELECT objoid, xmin::text FROM pg_description WHERE classoid = 'pg_class'::regclass
    UNION ALL SELECT k.conrelid, d.xmin::text FROM pg_description d
        JOIN pg_constraint k ON k.oid = d.objoid WHERE d.classoid = 'pg_constraint'::regclass
    UNION ALL SELECT inhrelid, xmin::text FROM pg_inherits
    UNION ALL SELECT owner, said FROM owned
    UNION ALL SELECT f.adrelid, concat_ws(' ', d.xmin, s.xmin, o.said) FROM pg_depend d
        JOIN pg_attrdef f ON f.oid = d.objid
        JOIN pg_class s ON s.oid = d.refobjid AND s.relkind = 'S'
        LEFT JOIN owned o ON o.sequence = s.oid
        WHERE d.classid = 'pg_attrdef'::regclass AND d.refclassid = 'pg_class'::regclass)
SELECT CASE WHEN pg_table_is_visible(c.oid) THEN NULL ELSE n.nspname END, c.relname,
       concat(c.oid, ' ', count(*), ' ', sum(hashtextextended(p.said, 0)))
FROM parts p JOIN pg_class c ON c.oid = p.root AND c.relkind IN ('r', 'p')
JOIN pg_namespace n ON n.oid = c.relnamespace
GROUP BY c.oid, c.relname, n.nspname
"""


@dataclass
class Whole:
    """The sum over all catalogs, what a session sees them by, and the latest moment it held."""

    common: tuple[Any, ...]
    sum: str
    moment: str = field(compare=False)

    def still_holds(self, common: tuple[Any, ...], moment: str) -> bool:
        """Say whether nobody on the server can have written since, or was about to."""
        oldest, following, _ = moment.split(":")
        return (self.common, self.moment) == (common, moment) and oldest == following


def postgresql_whole(connection: sa.Connection, former: Any) -> Whole:
    """Give a sum over every row of the catalogs that reflection reads."""
    *common, moment = connection.exec_driver_sql(_MOMENT).one()
    if isinstance(former, Whole) and former.still_holds(tuple(common), moment):
        return former
    found = connection.exec_driver_sql(_WHOLE).scalar_one()
    whole = Whole(tuple(common), found, moment)
    if isinstance(former, Whole) and whole == former:
        former.moment = moment
        return former
    return whole


def postgresql_tables(connection: sa.Connection) -> tuple[Any, dict[Place, Any]]:
    """Give each table's sum: its own rows, and those of its indexes, keys and sequences."""
    common = tuple(connection.exec_driver_sql(_COMMON).one())
    other = connection.exec_driver_sql(_COMMON_PARTS).scalar()
    rows = connection.exec_driver_sql(_ROWS)
    return (common, other), {(schema, name): said for schema, name, said in rows}

"""A cheap fingerprint of the live schema: has it changed, and which of its tables? Read-only.

It covers what reflection reads. Where no cheap fingerprint is sure, there is none, and every table
is looked at.

SQLite's is the text of sqlite_master, whole and by table. `PRAGMA schema_version` would be shorter,
but it repeats for another schema when a file replaces another, as a snapshot does:
https://www.sqlite.org/pragma.html#pragma_schema_version. A connection that is kept for the next
look knows whether another has written since: https://www.sqlite.org/pragma.html#pragma_data_version

MariaDB's is the time at which each table was last created or altered. Every ALTER TABLE writes the
table's definition file anew, and its time has whole seconds. So a table is settled once that second
is over. MySQL keeps no such time for changes in place, and its counters of DDL begin anew at a
restart. https://mariadb.com/kb/en/information-schema-tables-table/

PostgreSQL's is a sum of the transactions that wrote the rows of its catalogs (xmin). A later commit
adds rows of a later transaction or removes rows, so the sum differs:
https://www.postgresql.org/docs/current/ddl-system-columns.html. While no transaction of the whole
server has got a number, nobody can have written anything, and the sum is not taken again:
https://www.postgresql.org/docs/current/functions-info.html
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from schema_lab.database.connections.pool import schema_at_the_beginning
from schema_lab.database.dialects import shared
from schema_lab.schema.words import TableKey

_SQLITE_WHOLE = (
    "SELECT group_concat(type || char(31) || name || char(31) || tbl_name || char(31)"
    " || coalesce(sql, ''), char(30)) FROM sqlite_master WHERE type IN ('table', 'index')"
)
_SQLITE_ROWS = (
    "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE type IN ('table', 'index')"
)
_ELSEWHERE = "SELECT name FROM pragma_database_list WHERE name NOT IN ('main')"
_VERSIONS = ("PRAGMA data_version", "PRAGMA schema_version")
"""The first tells of what others have written; the second, of what this connection has."""

_SQLITE_TEXT = "schema_lab.text"
"""Where a connection keeps the text that it has read before it changed anything itself."""

_TEMPORARY = "SELECT 1 FROM sqlite_temp_master WHERE type IN ('table', 'index') LIMIT 1"


def sqlite_whole(connection: sa.Connection, former: Any) -> Any:
    """Give the text of the schema; None where a temporary table may hide one of it."""
    attached = {row[0] for row in connection.exec_driver_sql(_ELSEWHERE)}
    if attached - {"temp"}:
        return None
    if attached and connection.exec_driver_sql(_TEMPORARY).first():
        return None
    versions = tuple(connection.exec_driver_sql(pragma).scalar() for pragma in _VERSIONS)
    known = connection.info.get(_SQLITE_TEXT)
    if known is not None and known[0] == versions:
        return known[1]
    text = connection.exec_driver_sql(_SQLITE_WHOLE).scalar() or ""
    if versions[1] == schema_at_the_beginning(connection):
        connection.info[_SQLITE_TEXT] = versions, text
    return text


def sqlite_tables(connection: sa.Connection) -> tuple[Any, dict[TableKey, Any]]:
    """Give each table's text and that of its indexes.

    A virtual table has the columns that its module gives it, and no text that says so.
    """
    names: dict[str, str] = {}
    said: dict[str, list[Any]] = defaultdict(list)
    virtual = set()
    for kind, name, table, sql in connection.exec_driver_sql(_SQLITE_ROWS):
        owner = table.lower()
        said[owner].append((kind, name, sql))
        if kind == "table":
            names[owner] = name
            if sql is None or sql[:14].upper() == "CREATE VIRTUAL":
                virtual.add(owner)
    found: dict[TableKey, Any] = {
        TableKey(None, name): None if owner in virtual else tuple(said[owner])
        for owner, name in names.items()
        if not owner.startswith("sqlite_")
    }
    return None, found


_MARGIN = 2
_UTC = "SET STATEMENT time_zone = '+00:00' FOR "
_OF_TABLES = " FROM information_schema.tables WHERE table_schema = DATABASE()"
_SAID = (
    "concat_ws('\\0', table_name, table_type, coalesce(engine, ''), coalesce(create_time, ''),"
    " coalesce(table_collation, ''), coalesce(create_options, ''), coalesce(table_comment, ''))"
)
_HASH = f"sum(cast(conv(left(md5({_SAID}), 15), 16, 10) AS unsigned))"
_MARIADB_COMMON = (
    "SELECT DATABASE(), version(), current_user(), @@hostname, @@port, @@datadir, @@sql_mode,"
    " @@lower_case_table_names, @@character_set_connection, @@collation_connection"
)
_MARIADB_WHOLE = f"{_UTC}SELECT count(*), {_HASH}{_OF_TABLES}"
_MARIADB_ROWS = (
    f"{_UTC}SELECT table_name, {_SAID}, create_time < now() - INTERVAL {_MARGIN} SECOND{_OF_TABLES}"
)


def mariadb_whole(connection: sa.Connection, former: Any) -> Any:
    """Give one number over all tables, with what the server is; None on MySQL."""
    if not getattr(connection.dialect, "is_mariadb", False):
        return None
    common = _common(connection)
    if common[0] is None:
        return None
    return (*common, *connection.exec_driver_sql(_MARIADB_WHOLE).one())


def mariadb_tables(connection: sa.Connection) -> tuple[Any, dict[TableKey, Any]]:
    """Give each table's line; None where it was altered a moment ago, or nobody knows when."""
    rows = connection.exec_driver_sql(_MARIADB_ROWS)
    tables: dict[TableKey, Any] = {
        TableKey(None, name): said if settled else None for name, said, settled in rows
    }
    return _common(connection), tables


def _common(connection: sa.Connection) -> tuple[Any, ...]:
    return tuple(connection.exec_driver_sql(_MARIADB_COMMON).one())


# ruff: noqa: S608 - no part of these queries comes from outside


_FIRST = 16384
"""The first object id that is not the server's own."""

_POSTGRESQL_COMMON = (
    "SELECT pg_postmaster_start_time()::text, current_database(), current_user,"
    " (SELECT oid FROM pg_database WHERE datname = current_database())::text,"
    " current_setting('search_path'), current_schemas(true)::text, version(),"
    " current_setting('quote_all_identifiers'), current_setting('DateStyle'),"
    " current_setting('IntervalStyle')"
)
_MOMENT = f"{_POSTGRESQL_COMMON}, txid_current_snapshot()::text"
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


_POSTGRESQL_WHOLE = (
    f"SELECT array_agg(ARRAY[n, s])::text FROM ({_joined(_WITH_TABLES + _APART)}) AS p(n, s)"
)
_COMMON_PARTS = f"SELECT array_agg(ARRAY[n, s])::text FROM ({_joined(_OTHER)}) AS p(n, s)"
_OWNED = (
    "pg_depend d JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'"
    " JOIN pg_sequence q ON q.seqrelid = s.oid"
    " LEFT JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid"
    " WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass"
    " AND d.deptype IN ('a', 'i')"
)
_POSTGRESQL_ROWS = f"""
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
    found = connection.exec_driver_sql(_POSTGRESQL_WHOLE).scalar_one()
    whole = Whole(tuple(common), found, moment)
    if isinstance(former, Whole) and whole == former:
        former.moment = moment
        return former
    return whole


def postgresql_tables(connection: sa.Connection) -> tuple[Any, dict[TableKey, Any]]:
    """Give each table's sum: its own rows, and those of its indexes, keys and sequences."""
    common = tuple(connection.exec_driver_sql(_POSTGRESQL_COMMON).one())
    other = connection.exec_driver_sql(_COMMON_PARTS).scalar()
    rows = connection.exec_driver_sql(_POSTGRESQL_ROWS)
    return (common, other), {TableKey(schema, name): said for schema, name, said in rows}


@dataclass(frozen=True)
class Fingerprint:
    """The live schema at one moment.

    `common` is what every table's reflection may depend on. In `tables`, None stands for a table
    of which the next look cannot tell whether it is still the same. `everywhere` says whether the
    tables of every schema are in it, or those of the default one alone.
    """

    whole: Any
    common: Any
    tables: Mapping[TableKey, Any]
    everywhere: bool

    @property
    def settled(self) -> bool:
        """Whether equal fingerprints mean equal tables, for every table."""
        return None not in self.tables.values()


def fingerprint(connection: sa.Connection, former: Fingerprint | None = None) -> Fingerprint | None:
    """Take the fingerprint of the schemas that a connection sees by default. Read-only.

    It has to be taken before the tables are read, so that a change in between is seen next time.

    Parameters
    ----------
    connection
        An open connection; on SQLite it reads one state of the file until it rolls back.
    former
        The fingerprint before, given back itself where nothing has changed since.

    Returns
    -------
    Fingerprint or None
        None where no cheap one is sure: another dialect, or no rights.

    Examples
    --------
    >>> engine = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
    >>> with engine.connect() as connection:
    ...     before = fingerprint(connection)
    ...     _ = connection.exec_driver_sql("CREATE TABLE teams (id INTEGER)")
    ...     after = fingerprint(connection, before)
    ...     list(after.tables), fingerprint(connection, after) is after
    ([TableKey(schema=None, name='teams')], True)
    """
    known = _READERS.get(connection.dialect.name)
    if known is None:
        return None
    read_whole, read_tables = known
    whole = read_whole(connection, former.whole if former is not None else None)
    if whole is None:
        return None
    if former is not None and former.settled and former.whole == whole:
        return former
    common, tables = read_tables(connection)
    return Fingerprint(whole, common, tables, connection.dialect.name == "postgresql")


ReadWhole = Callable[[sa.Connection, Any], Any]
Tables = Callable[[sa.Connection], tuple[Any, Mapping[TableKey, Any]]]

_READERS: dict[str, tuple[ReadWhole, Tables]] = shared(
    {
        "sqlite": (sqlite_whole, sqlite_tables),
        "postgresql": (postgresql_whole, postgresql_tables),
        "mysql": (mariadb_whole, mariadb_tables),
    }
)

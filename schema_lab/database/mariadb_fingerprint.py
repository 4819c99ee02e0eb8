"""MariaDB's schema by the time at which each table was last made or altered.

Every ALTER TABLE writes the table's definition file anew, and its time has whole seconds. So a
table is settled once that second is over: what is altered later has another time. MySQL keeps no
such time for changes in place, and its counters of DDL begin anew at a restart or FLUSH STATUS.
https://mariadb.com/kb/en/information-schema-tables-table/
"""

from typing import Any

import sqlalchemy as sa

Place = tuple[str | None, str]

_MARGIN = 2
_UTC = "SET STATEMENT time_zone = '+00:00' FOR "
_OF_TABLES = " FROM information_schema.tables WHERE table_schema = DATABASE()"
_SAID = (
    "concat_ws('\\0', table_name, table_type, coalesce(engine, ''), coalesce(create_time, ''),"
    " coalesce(table_collation, ''), coalesce(create_options, ''), coalesce(table_comment, ''))"
)
_HASH = f"sum(cast(conv(left(md5({_SAID}), 15), 16, 10) AS unsigned))"
_COMMON = (
    "SELECT DATABASE(), version(), current_user(), @@hostname, @@port, @@datadir, @@sql_mode,"
    " @@lower_case_table_names, @@character_set_connection, @@collation_connection"
)
_WHOLE = f"{_UTC}SELECT count(*), {_HASH}{_OF_TABLES}"
_ROWS = (
    f"{_UTC}SELECT table_name, {_SAID}, create_time < now() - INTERVAL {_MARGIN} SECOND{_OF_TABLES}"
)


def mariadb_whole(connection: sa.Connection, former: Any) -> Any:
    """Give one number over all tables, with what the server is; None on MySQL."""
    if not getattr(connection.dialect, "is_mariadb", False):
        return None
    common = _common(connection)
    if common[0] is None:
        return None
    return (*common, *connection.exec_driver_sql(_WHOLE).one())


def mariadb_tables(connection: sa.Connection) -> tuple[Any, dict[Place, Any]]:
    """Give each table's line; None where it was altered a moment ago, or nobody knows when."""
    rows = connection.exec_driver_sql(_ROWS)
    tables: dict[Place, Any] = {
        (None, name): said if settled else None for name, said, settled in rows
    }
    return _common(connection), tables


def _common(connection: sa.Connection) -> tuple[Any, ...]:
    return tuple(connection.exec_driver_sql(_COMMON).one())

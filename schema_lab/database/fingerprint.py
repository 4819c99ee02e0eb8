"""A cheap fingerprint of the live schema: has it changed, and which of its tables? Read-only.

It covers what reflection reads. Where none is sure, there is none, and everything is looked at.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from schema_lab.database.mariadb_fingerprint import mariadb_tables, mariadb_whole
from schema_lab.database.postgresql_fingerprint import postgresql_tables, postgresql_whole
from schema_lab.database.sqlite_fingerprint import sqlite_tables, sqlite_whole

Place = tuple[str | None, str]


@dataclass(frozen=True)
class Fingerprint:
    """The live schema at one moment.

    `common` is what every table's reflection may depend on. In `tables`, None stands for a table
    of which the next look cannot tell whether it is still the same. `everywhere` says whether the
    tables of every schema are in it, or those of the default one alone.
    """

    whole: Any
    common: Any
    tables: Mapping[Place, Any]
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
    ([(None, 'teams')], True)
    """
    known = _KNOWN.get(connection.dialect.name)
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


Whole = Callable[[sa.Connection, Any], Any]
Tables = Callable[[sa.Connection], tuple[Any, Mapping[Place, Any]]]

_KNOWN: dict[str, tuple[Whole, Tables]] = {
    "sqlite": (sqlite_whole, sqlite_tables),
    "postgresql": (postgresql_whole, postgresql_tables),
    "mariadb": (mariadb_whole, mariadb_tables),
    "mysql": (mariadb_whole, mariadb_tables),
}

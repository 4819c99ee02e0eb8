"""All tables read at once: a query for each kind of answer, instead of a dozen for each table.

What is read lies where SQLAlchemy's Inspector keeps what it has reflected before, so that whoever
asks the Inspector gets the same as ever. What was not read, it asks the database, as ever.
"""

from collections.abc import Callable, Collection

import sqlalchemy as sa

from schema_lab.database.mariadb_at_once import read_mariadb
from schema_lab.database.postgresql_at_once import read_postgresql
from schema_lab.database.sqlite_at_once import read_sqlite


def read_at_once(inspector: sa.Inspector, tables: Collection[str]) -> None:
    """Fill an Inspector with what it will be asked of tables of the default schema. Read-only.

    Parameters
    ----------
    inspector
        Bound to a connection; of another dialect than those known here, it is left as it is.
    tables
        Their names, as the Inspector lists them.

    Examples
    --------
    >>> with sa.create_engine("sqlite://").connect() as connection:
    ...     _ = connection.exec_driver_sql("CREATE TABLE teams (id INTEGER)")
    ...     inspector = sa.inspect(connection)
    ...     read_at_once(inspector, ["teams"])
    ...     [one["name"] for one in inspector.get_columns("teams")]
    ['id']
    """
    read = _KNOWN.get(inspector.dialect.name)
    if read is not None and tables:
        read(inspector, frozenset(tables))


Read = Callable[[sa.Inspector, frozenset[str]], None]

_KNOWN: dict[str, Read] = {
    "sqlite": read_sqlite,
    "postgresql": read_postgresql,
    "mariadb": read_mariadb,
    "mysql": read_mariadb,
}

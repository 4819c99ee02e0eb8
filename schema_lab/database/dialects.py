"""Dialects that go together, and what a dialect turns out to be."""

from collections.abc import Mapping
from typing import TypeVar

import sqlalchemy as sa

T = TypeVar("T")

_MYSQL = ("mysql", "mariadb")
_SQLGLOT = {"postgresql": "postgres"}


def is_mysql(dialect: str) -> bool:
    """Say whether a dialect, by SQLAlchemy's name, is MariaDB's or MySQL's.

    Examples
    --------
    >>> is_mysql("mariadb"), is_mysql("postgresql")
    (True, False)
    """
    return dialect in _MYSQL


def shared_name(dialect: str) -> str:
    """Give the name that MariaDB and MySQL share; a URL may name either for the same server.

    Examples
    --------
    >>> shared_name("mariadb"), shared_name("sqlite")
    ('mysql', 'sqlite')
    """
    return _MYSQL[0] if is_mysql(dialect) else dialect


def shared(entries: Mapping[str, T]) -> dict[str, T]:
    """Give a table by dialect in which MariaDB has the entry of MySQL.

    Examples
    --------
    >>> shared({"sqlite": 1, "mysql": 2})
    {'sqlite': 1, 'mysql': 2, 'mariadb': 2}
    """
    both = dict.fromkeys(_MYSQL, entries[_MYSQL[0]])
    return {**entries, **both}


def sqlglot_name(dialect: str) -> str:
    """Give sqlglot's name of a dialect.

    Examples
    --------
    >>> sqlglot_name("postgresql"), sqlglot_name("mariadb")
    ('postgres', 'mysql')
    """
    return _SQLGLOT.get(dialect, shared_name(dialect))


def family(dialect: sa.Dialect) -> str:
    """Name the kind of database: sqlite, postgresql, mariadb or mysql.

    A mysql:// URL may lead to MariaDB, which a dialect knows once it has been connected.

    Examples
    --------
    >>> family(sa.make_url("mariadb+pymysql://").get_dialect()())
    'mariadb'
    """
    return "mariadb" if getattr(dialect, "is_mariadb", False) else dialect.name

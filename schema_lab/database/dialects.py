"""Dialects that go together, and what a dialect turns out to be."""

import sqlalchemy as sa


def is_mysql(dialect: str) -> bool:
    """Say whether a dialect, by SQLAlchemy's name, is MariaDB's or MySQL's.

    Examples
    --------
    >>> is_mysql("mariadb"), is_mysql("postgresql")
    (True, False)
    """
    return dialect in ("mysql", "mariadb")


def family(dialect: sa.Dialect) -> str:
    """Name the kind of database: sqlite, postgresql, mariadb or mysql.

    A mysql:// URL may lead to MariaDB, which a dialect knows once it has been connected.

    Examples
    --------
    >>> family(sa.make_url("mariadb+pymysql://").get_dialect()())
    'mariadb'
    """
    return "mariadb" if getattr(dialect, "is_mariadb", False) else dialect.name

"""Dialects that go together."""


def is_mysql(dialect: str) -> bool:
    """Say whether a dialect, by SQLAlchemy's name, is MariaDB's or MySQL's.

    Examples
    --------
    >>> is_mysql("mariadb"), is_mysql("postgresql")
    (True, False)
    """
    return dialect in ("mysql", "mariadb")

"""What each dialect keeps in another form than it was told: differences that no migration ends.

MariaDB: https://mariadb.com/kb/en/float/ , https://mariadb.com/kb/en/text/ ,
https://mariadb.com/kb/en/character-set-and-collation-overview/ (NATIONAL is utf8mb3).
PostgreSQL: https://www.postgresql.org/docs/current/datatype-numeric.html (float(p)).
SQLite: https://www.sqlite.org/datatype3.html (a type is an affinity).
"""

import re
from collections.abc import Callable

import sqlalchemy as sa

from schema_lab.autogenerate.noise.difference import Difference
from schema_lab.autogenerate.operations import type_text
from schema_lab.database import family, is_mysql

Kept = Callable[[str], str | None]
"""From a type as a script spells it to the one that the database then has."""

_PRODUCTS = {"sqlite": "SQLite", "postgresql": "PostgreSQL", "mariadb": "MariaDB"}
_FLOAT = re.compile(r"FLOAT\((\d+)\)")
_SIZED = re.compile(r"(TEXT|BLOB)\((\d+)\)")
_NATIONAL = re.compile(r"NATIONAL (VAR)?CHAR\(\d+\)")
_SINGLE = 24
"""Bits of the longest single-precision FLOAT(p)."""
_SIZES = ((255, "TINY"), (65_535, ""), (16_777_215, "MEDIUM"))


def product(dialect: sa.Dialect) -> str:
    """Name the database behind a dialect that is connected; a mysql:// URL may lead to MariaDB."""
    named = family(dialect)
    return _PRODUCTS.get(named, "MySQL" if named == "mysql" else named)


def why_of_type(difference: Difference, dialect: sa.Dialect) -> str | None:
    """Say why a type comes back as another one; None where the dialect does not explain it."""
    if difference.aspect != "type":
        return None
    if dialect.name == "sqlite":
        return _affinity(difference, dialect)
    kept = _on_mysql if is_mysql(dialect.name) else _on_postgresql
    stored = kept(difference.after)
    if stored is None or not re.match(rf"{stored}\b", difference.before, re.IGNORECASE):
        return None
    return f"{product(dialect)} keeps {difference.after} as {difference.before}."


def _on_mysql(wanted: str) -> str | None:
    number, sized = _FLOAT.fullmatch(wanted), _SIZED.fullmatch(wanted)
    if number:
        return "FLOAT" if int(number[1]) <= _SINGLE else "DOUBLE"
    if sized:
        size = next((word for most, word in _SIZES if int(sized[2]) <= most), "LONG")
        return f"{size}{sized[1]}"
    if _NATIONAL.fullmatch(wanted):
        plain = re.escape(wanted.removeprefix("NATIONAL "))
        return rf"{plain} CHARACTER SET utf8"
    return "DOUBLE" if wanted == "REAL" else None


def _on_postgresql(wanted: str) -> str | None:
    number = _FLOAT.fullmatch(wanted)
    if number:
        return "REAL" if int(number[1]) <= _SINGLE else "DOUBLE PRECISION"
    return None


def _affinity(difference: Difference, dialect: sa.Dialect) -> str | None:
    """SQLite keeps the type's name; SQLAlchemy knows only some, and reads others as affinities."""
    read = getattr(dialect, "_resolve_type_affinity", None)
    if read is None or type_text(read(difference.after), dialect) != difference.before:
        return None
    return (
        f"SQLite has no type {difference.after}: it takes the name and treats the column as "
        f"{difference.before}, which is what comes back."
    )

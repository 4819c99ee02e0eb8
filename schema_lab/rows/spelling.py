r"""How text must be written to become a number, a date, a truth value or another kind of value.

The patterns are those of PostgreSQL, of MariaDB and of Python, which SQLite asks: without `\d` and
`[[:space:]]`, which they read differently, and with an end that leaves no line break over.
"""

from typing import Any

import sqlalchemy as sa

from schema_lab.database import is_mysql
from schema_lab.rows.demand import Condition
from schema_lab.rows.families import plain_type
from schema_lab.schema.words import type_text

_SPACE = r"[ \t\n\r\f]*"
_END = r"$(?!\n)"
_LEAP = "([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)"
_DATE = (
    "(?!0000)([0-9]{4}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])"
    f"|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))|{_LEAP}-02-29)"
)
_TIME = "([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,6})?)?"
_ZONE = "(Z|[+-](0[0-9]|1[0-5])(:?[0-5][0-9])?)"
_MAYBE_ZONE = f"{_ZONE}?"
_HEX = "[0-9a-fA-F]"
_PLAIN_UUID = "^[0-9a-f]{32}"
_UUID = f"^{_HEX}{{8}}-?({_HEX}{{4}}-?){{3}}{_HEX}{{12}}"
_TRUTHS = ("t", "true", "f", "false", "y", "yes", "n", "no", "on", "off", "1", "0")


def matches(column: Any, pattern: str, dialect: sa.Dialect) -> Condition:
    """Compare text with a pattern; case counts, whatever MariaDB's collation says."""
    exact = "(?-i)" if is_mysql(dialect.name) else ""
    found: Condition = column.regexp_match(exact + pattern)
    return found


def spelled(column: Any, kind: str, after: Any, dialect: sa.Dialect) -> Condition | None:
    """Give the condition of text that is written as a value of another family.

    None where only the database can say it. The range of numbers is not looked at.
    """
    pattern = _pattern(kind, after, dialect)
    if pattern is not None:
        return matches(column, f"{pattern}{_END}", dialect)
    if kind == "boolean":
        words = _TRUTHS if dialect.name == "postgresql" else ("0", "1")
        truth: Condition = sa.func.lower(sa.func.trim(column)).in_(words)
        return truth
    if kind == "json" and dialect.name != "postgresql":
        valid: Condition = sa.func.json_valid(column) == 1
        return valid
    return None


def _pattern(kind: str, after: Any, dialect: sa.Dialect) -> str | None:
    found: str | None = None
    match kind:
        case "integer":
            found = f"^{_SPACE}[+-]?0*[0-9]{{1,20}}{_SPACE}"
        case "decimal" | "float":
            found = _number(kind, dialect)
        case "date":
            found = f"^({_DATE})"
        case "datetime":
            zoned = dialect.name == "postgresql" or bool(plain_type(after).timezone)
            found = f"^({_DATE})([ T]{_TIME}{_MAYBE_ZONE if zoned else ''})?"
        case "time":
            found = f"^{_TIME}"
        case "uuid":
            text = type_text(after, dialect).startswith("CHAR")
            found = _PLAIN_UUID if text else _UUID
    return found


def _number(kind: str, dialect: sa.Dialect) -> str:
    """Spell a number that the database can compare: MariaDB's decimals have 65 digits."""
    digits, exponent = "{1,100}", "{1,2}"
    if kind == "decimal" and is_mysql(dialect.name):
        digits, exponent = "{1,20}", "{1}"
    whole = f"0*[0-9]{digits}([.][0-9]{digits.replace('1,', '0,')})?"
    return f"^{_SPACE}[+-]?({whole}|[.][0-9]{digits})([eE][+-]?[0-9]{exponent})?{_SPACE}"


def has_zone_written(column: Any, dialect: sa.Dialect) -> Condition:
    """Find moments that end with a time zone."""
    return matches(column, f":[0-9.:]*{_ZONE}{_END}", dialect)


def has_finer_fraction(column: Any, digits: int, dialect: sa.Dialect) -> Condition:
    """Find times that say more of a second's fraction than a number of digits."""
    return matches(column, f"[.][0-9]{{{digits}}}[0-9]*[1-9]", dialect)

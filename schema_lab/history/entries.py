"""The lists that a project keeps in the section [schema_lab] of its alembic.ini. Read-only."""

from configparser import ConfigParser
from configparser import Error as IniError
from contextlib import suppress
from pathlib import Path

SECTION = "schema_lab"
IGNORE, LEAVE, OWN = "ignore", "leave", "own"
"""The keys: false differences, tables that are not this project's, and tables that are."""


def entries_in(ini: Path, key: str) -> tuple[str, ...]:
    """Read the entries of a key, one on each line; a file that cannot be read has none.

    Alembic reads its ini files in the locale's encoding, so an entry is plain ASCII; a percent
    sign is doubled there, as in every value of an ini file that Alembic reads.
    """
    parser = ConfigParser(interpolation=None)
    with suppress(IniError, UnicodeDecodeError, OSError):
        parser.read(ini, encoding="latin-1")
    lines = parser.get(SECTION, key, fallback="").splitlines()
    return tuple(line.strip().replace("%%", "%") for line in lines if line.strip())


def ignored_in(ini: Path) -> tuple[str, ...]:
    """Read the differences that a project ignores."""
    return entries_in(ini, IGNORE)


def as_entry(text: str) -> str:
    r"""Spell a text as an entry: one line of ASCII.

    Examples
    --------
    >>> as_entry("caf\u00e9  au lait")
    'caf\\xe9 au lait'
    """
    return " ".join(text.split()).encode("ascii", "backslashreplace").decode()

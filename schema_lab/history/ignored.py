"""Differences that a project ignores: `ignore` in the section [schema_lab] of its alembic.ini."""

from configparser import ConfigParser
from configparser import Error as IniError
from contextlib import suppress
from pathlib import Path

SECTION, KEY = "schema_lab", "ignore"


def ignored_in(ini: Path) -> tuple[str, ...]:
    """Read the entries, one a line; a file that cannot be read has none. Read-only.

    Alembic reads its ini files in the locale's encoding, so an entry is plain ASCII; a percent
    sign is doubled there, as in every value of an ini file that Alembic reads.
    """
    parser = ConfigParser(interpolation=None)
    with suppress(IniError, UnicodeDecodeError, OSError):
        parser.read(ini, encoding="latin-1")
    lines = parser.get(SECTION, KEY, fallback="").splitlines()
    return tuple(one.strip().replace("%%", "%") for one in lines if one.strip())

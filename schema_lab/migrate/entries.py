"""Writes a list into the section [schema_lab] of a project's alembic.ini; nothing else changes."""

import re
import shutil
from collections.abc import Iterable, Sequence
from configparser import ConfigParser
from pathlib import Path

from schema_lab.database.own import alone
from schema_lab.errors import HistoryError
from schema_lab.history.entries import IGNORE, LEAVE, OWN, SECTION

_HEADER = re.compile(rf"\[{SECTION}\]")
_NOTES = {
    IGNORE: "# Differences that stay after their own migration; "
    "lab.stop_ignoring(...) takes one out.",
    LEAVE: "# Tables that no migration drops; lab.own(...) takes one out.",
    OWN: "# Tables that are dropped when no model declares them; lab.leave(...) takes one out.",
}


def write_entries(ini: Path, key: str, entries: Iterable[str]) -> None:
    """Write the entries of a key into the file, whatever its encoding and its line ends.

    Raises
    ------
    HistoryError
        When the file cannot be written.
    """
    listed = tuple(entries)
    try:
        with alone(ini.parent / ".schema_lab" / ini.name):
            before = ini.read_bytes().decode("latin-1")
            after = with_entries(before, listed, key)
            _refuse_other_changes(before, after, ini, key)
            target = ini.resolve()
            part = target.with_name(f".{target.name}.part")
            part.write_bytes(after.encode("latin-1"))
            shutil.copymode(target, part)
            part.replace(target)
    except OSError as error:
        wanted = "; ".join(listed) or "nothing"
        raise HistoryError(
            f"{ini.name} cannot be written: {error.strerror or error}.",
            f"Write these lines by hand under [{SECTION}], after `{key} =`: {wanted}.",
        ) from None


def with_entries(text: str, entries: Sequence[str], key: str = IGNORE) -> str:
    r"""Give an ini file's text with these entries; every other line stays as it is.

    Examples
    --------
    >>> print(with_entries("[alembic]\n[schema_lab]\nchecksums = off\n", ["sqlite: type of …"]))
    [alembic]
    [schema_lab]
    # Differences that stay after their own migration; lab.stop_ignoring(...) takes one out.
    ignore =
        sqlite: type of …
    checksums = off
    <BLANKLINE>
    """
    end = "\r\n" if "\r\n" in text else "\n"
    lines = text.splitlines(keepends=True)
    rest, place = _without_entries(lines, key)
    value = [f"    {entry.replace('%', '%%')}{end}" for entry in entries]
    block = [f"{_NOTES[key]}{end}", f"{key} ={end}", *value] if entries else []
    if block and place is None:
        gap = [] if not rest or rest[-1].endswith(("\n", "\r")) else [end]
        return "".join([*rest, *gap, end, f"[{SECTION}]{end}", *block])
    kept = [*rest[: place or 0], *block, *rest[place or 0 :]]
    return "".join(kept)


def _without_entries(lines: list[str], key: str) -> tuple[list[str], int | None]:
    """Remove the key; give the other lines, and the best position of the key in them."""
    rest: list[str] = []
    place, inside, in_value = None, False, False
    assigned = re.compile(rf"{key}\s*[=:]\s*(.*)", re.IGNORECASE)
    for line in lines:
        bare = line.strip()
        if line.startswith("["):
            inside, in_value = bool(_HEADER.match(line)), False
            rest.append(line)
            place = len(rest) if inside else place
        elif inside and (assigned.match(line) or bare == _NOTES[key]):
            in_value = bare != _NOTES[key]
        elif not (in_value and line[:1].isspace() and bare and not bare.startswith(("#", ";"))):
            in_value = in_value and (not bare or bare.startswith(("#", ";")))
            rest.append(line)
    return rest, place


def _refuse_other_changes(before: str, after: str, ini: Path, key: str) -> None:
    """Read both as Alembic does: everything except the key must be unchanged."""
    if _read(before, key) != _read(after, key):
        raise HistoryError(
            f"{ini.name} has a form that the lab cannot change safely.",
            f"Write the lines under [{SECTION}], after `{key} =`, by hand.",
        )


def _read(text: str, key: str) -> dict[str, dict[str, str]]:
    parser = ConfigParser(interpolation=None)
    parser.read_string(text)
    found = {name: dict(parser[name]) for name in parser.sections()}
    found.setdefault(SECTION, {}).pop(key, None)
    return found

"""Write what a project ignores into its alembic.ini, and nothing else there."""

import re
import shutil
from collections.abc import Iterable, Sequence
from configparser import ConfigParser
from pathlib import Path

from schema_lab.autogenerate import Noise
from schema_lab.database.own_folder import alone
from schema_lab.errors import HistoryError, InputError
from schema_lab.history import Environment, ignored_in
from schema_lab.history.ignored import KEY, SECTION

_HEADER = re.compile(rf"\[{SECTION}\]")
_KEY = re.compile(rf"{KEY}\s*[=:]\s*(.*)", re.IGNORECASE)
_NOTE = "# Differences that stay after their own migration; lab.stop_ignoring(...) takes one out."


def ignore(environment: Environment, noise: Iterable[Noise], what: Sequence[str]) -> None:
    """Add noise to what a project ignores; changes its alembic.ini.

    Parameters
    ----------
    environment
        The project and its database.
    noise
        What may be ignored.
    what
        What shall be, as the noise names it.

    Raises
    ------
    InputError
        When something named is no noise.
    HistoryError
        When the file cannot be written.
    """
    listed = list(noise)
    _refuse_unknown(what, [one.about for one in listed], "is no noise here", _REAL)
    added = [one.entry for one in listed if one.about in what]
    ini = environment.project.ini
    _write(ini, [*ignored_in(ini), *(one for one in added if one not in ignored_in(ini))])


def stop_ignoring(environment: Environment, what: Sequence[str]) -> None:
    """Take entries out of what a project ignores; changes its alembic.ini.

    Raises
    ------
    InputError
        When the project does not ignore something named.
    HistoryError
        When the file cannot be written.
    """
    ini = environment.project.ini
    abouts = {one: _about(one) for one in ignored_in(ini)}
    words = [_ascii(one) for one in what]
    _refuse_unknown(words, list(abouts.values()), "is not ignored in this project", "")
    _write(ini, [one for one, about in abouts.items() if about not in words])


_REAL = "A candidate makes it so: lab.autogenerate(…)."


def _refuse_unknown(what: Sequence[str], known: list[str], why: str, cure: str) -> None:
    wrong = [one for one in what if one not in known]
    if wrong or not what:
        named = ", ".join(repr(one) for one in wrong) or "Nothing"
        listed = ", ".join(repr(one) for one in dict.fromkeys(known)) or "none"
        raise InputError(f"{named} {why}.", f"{cure} To name: {listed}.".strip())


def _about(entry: str) -> str:
    """Read what an entry is about: "mariadb: type of users.price: FLOAT -> DOUBLE"."""
    found = re.match(r"\w+: \w+ of (.+?): ", entry)
    return found[1] if found else entry


def _ascii(text: str) -> str:
    return text.encode("ascii", "backslashreplace").decode()


def _write(ini: Path, entries: Sequence[str]) -> None:
    """Put the entries into the file, whatever its encoding and its line ends."""
    try:
        with alone(ini.parent / ".schema_lab" / ini.name):
            before = ini.read_bytes().decode("latin-1")
            after = with_entries(before, entries)
            _refuse_other_changes(before, after, ini)
            target = ini.resolve()
            part = target.with_name(f".{target.name}.part")
            part.write_bytes(after.encode("latin-1"))
            shutil.copymode(target, part)
            part.replace(target)
    except OSError as error:
        wanted = "; ".join(entries) or "nothing"
        raise HistoryError(
            f"{ini.name} cannot be written: {error.strerror or error}.",
            f"Write by hand under [{SECTION}], as the lines of `{KEY} =`: {wanted}.",
        ) from None


def with_entries(text: str, entries: Sequence[str]) -> str:
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
    rest, place = _without_entries(lines)
    value = [f"    {one.replace('%', '%%')}{end}" for one in entries]
    block = [f"{_NOTE}{end}", f"{KEY} ={end}", *value] if entries else []
    if block and place is None:
        gap = [] if not rest or rest[-1].endswith(("\n", "\r")) else [end]
        return "".join([*rest, *gap, end, f"[{SECTION}]{end}", *block])
    kept = [*rest[: place or 0], *block, *rest[place or 0 :]]
    return "".join(kept)


def _without_entries(lines: list[str]) -> tuple[list[str], int | None]:
    """Take the key out; give the other lines, and where in them the key stands best."""
    rest: list[str] = []
    place, inside, in_value = None, False, False
    for line in lines:
        bare = line.strip()
        if line.startswith("["):
            inside, in_value = bool(_HEADER.match(line)), False
            rest.append(line)
            place = len(rest) if inside else place
        elif inside and (_KEY.match(line) or bare == _NOTE):
            in_value = bare != _NOTE
        elif not (in_value and line[:1].isspace() and bare and not bare.startswith(("#", ";"))):
            in_value = in_value and (not bare or bare.startswith(("#", ";")))
            rest.append(line)
    return rest, place


def _refuse_other_changes(before: str, after: str, ini: Path) -> None:
    """Read both as Alembic does: all but the one key has to be what it was."""
    if _read(before) != _read(after):
        raise HistoryError(
            f"{ini.name} is written in a way that the lab cannot change safely.",
            f"Write the lines under [{SECTION}], {KEY} =, by hand.",
        )


def _read(text: str) -> dict[str, dict[str, str]]:
    parser = ConfigParser(interpolation=None)
    parser.read_string(text)
    found = {name: dict(parser[name]) for name in parser.sections()}
    found.setdefault(SECTION, {}).pop(KEY, None)
    return found

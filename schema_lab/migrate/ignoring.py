"""The list of differences that a project ignores, kept in its alembic.ini."""

import re
from collections.abc import Iterable, Sequence

from schema_lab.compare import Noise
from schema_lab.errors import InputError
from schema_lab.history import Environment, as_entry, ignored_in
from schema_lab.history.entries import IGNORE
from schema_lab.migrate.entries import write_entries


def ignore(environment: Environment, noise: Iterable[Noise], what: Sequence[str]) -> None:
    """Add noise to what a project ignores; changes its alembic.ini.

    Parameters
    ----------
    environment
        The project and its database.
    noise
        The noise of the last comparison.
    what
        What to ignore, by the names that the noise has.

    Raises
    ------
    InputError
        When a name is not among the noise.
    HistoryError
        When the file cannot be written.
    """
    listed = list(noise)
    refuse_unknown(what, [item.about for item in listed], "is not noise here", _REAL)
    added = [item.entry for item in listed if item.about in what]
    ini = environment.project.ini
    write_entries(ini, IGNORE, dict.fromkeys([*ignored_in(ini), *added]))


def stop_ignoring(environment: Environment, what: Sequence[str]) -> None:
    """Remove entries from what a project ignores; changes its alembic.ini.

    Raises
    ------
    InputError
        When the project does not ignore a name.
    HistoryError
        When the file cannot be written.
    """
    ini = environment.project.ini
    abouts = {entry: _about(entry) for entry in ignored_in(ini)}
    words = [as_entry(name) for name in what]
    refuse_unknown(words, list(abouts.values()), "is not ignored in this project", "")
    write_entries(ini, IGNORE, [entry for entry, about in abouts.items() if about not in words])


_REAL = "A candidate removes this difference: lab.autogenerate(…)."


def refuse_unknown(what: Sequence[str], known: list[str], why: str, cure: str) -> None:
    """Refuse names that are not among the known ones, and an empty list.

    Raises
    ------
    InputError
        With the names, why they are refused, and those that are known.
    """
    wrong = [name for name in what if name not in known]
    if wrong or not what:
        named = ", ".join(map(repr, wrong)) or "Nothing"
        listed = ", ".join(map(repr, dict.fromkeys(known))) or "none"
        raise InputError(f"{named} {why}.", f"{cure} Available names: {listed}.".strip())


def _about(entry: str) -> str:
    """Give the name in an entry: "mariadb: type of users.price: FLOAT -> DOUBLE"."""
    found = re.match(r"\w+: [\w ]+? of (.+?): ", entry)
    return found[1] if found else entry

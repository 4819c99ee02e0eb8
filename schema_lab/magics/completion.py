"""The lab that a magic uses, and what Tab completes after a magic.

The lab is the notebook's newest, else that of the project in the working directory. Tab completes
commands, options, revisions and tables.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from schema_lab.commands import COMMANDS
from schema_lab.errors import InputError, SchemaLabError
from schema_lab.lab import Lab
from schema_lab.schema.frames import tables


def labs_in(names: Mapping[str, Any]) -> dict[str, Lab]:
    """List the labs in a notebook's variables, the newest last.

    The shell's own variables, such as `_` and `_3`, do not count.
    """
    found = [
        (name, value)
        for name, value in names.items()
        if isinstance(value, Lab) and not name.startswith("_")
    ]
    return dict(sorted(found, key=lambda item: item[1].number))


def chosen_lab(names: Mapping[str, Any], wanted: str, wait: float) -> Lab:
    """Give the lab that a magic uses.

    Parameters
    ----------
    names
        The notebook's variables.
    wanted
        The variable that the user has set; "" for the newest lab.
    wait
        Seconds that a lab opened here waits for another migration.

    Raises
    ------
    SchemaLabError
        When the variable is not a lab, or there is neither a lab nor a project.

    Examples
    --------
    >>> old, new = Lab.scratch(), Lab.scratch()
    >>> chosen_lab({"new": new, "old": old}, "", 60.0) is new
    True
    >>> chosen_lab({"new": new, "old": old}, "old", 60.0) is old
    True
    """
    found = labs_in(names)
    if wanted:
        if wanted not in found:
            known = ", ".join(found) or "none yet"
            raise InputError(
                f"%config SchemaLab.lab names {wanted}, which is not a lab in this notebook.",
                f'Its labs are: {known}. Use the newest with %config SchemaLab.lab = "".',
            )
        return found[wanted]
    return list(found.values())[-1] if found else Lab(wait=wait)


SYMBOLS = {
    "downgrade": ("base", "-1"),
    "merge": ("heads",),
    "show": ("current", "head", "heads"),
    "stamp": ("base", "head", "heads"),
    "upgrade": ("head", "heads", "+1"),
}
"""Alembic's words for revisions, by the command that takes them."""

REVISION_OPTIONS = ("--head", "--depends-on", "-r", "--rev-range")


def completer(chosen: Callable[[], Lab]) -> Callable[[Any, Any], list[str]]:
    """Give the function that IPython calls; it offers nothing where the lab raises an error."""

    def complete(shell: Any, event: Any) -> list[str]:
        try:
            return offered(event.line, chosen)
        except SchemaLabError:
            return []

    return complete


def offered(line: str, chosen: Callable[[], Lab]) -> list[str]:
    """List the completions of a line that ends at the cursor.

    Parameters
    ----------
    line
        Such as "%alembic upgrade ".
    chosen
        Gives the lab, when its revisions or tables are needed.

    Examples
    --------
    >>> lab = Lab.scratch()
    >>> offered("%alembic up", lambda: lab)
    ['upgrade']
    >>> offered("%alembic upgrade ", lambda: lab)
    ['head', 'heads', '+1']
    """
    magic, *words = line.lstrip().split()
    begun = "" if line.endswith(" ") or not words else words.pop()
    if magic == "%schema":
        return [] if words else _beginning(begun, [*tables.names(chosen().engine), "--help"])
    command = next((word for word in words if word in COMMANDS), None)
    if command is None:
        return _beginning(begun, COMMANDS)
    if begun.startswith("-") and begun != "-":
        return _beginning(
            begun, (option for option in COMMANDS[command] if option.startswith("--"))
        )
    if command in SYMBOLS or words[-1] in REVISION_OPTIONS:
        known = [revision.id for revision in chosen().history()]
        return _beginning(begun, [*SYMBOLS.get(command, ()), *known])
    return []


def _beginning(begun: str, words: Iterable[str]) -> list[str]:
    return [word for word in words if word.startswith(begun)]

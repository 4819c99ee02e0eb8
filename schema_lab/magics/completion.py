"""What Tab offers behind the magics: commands, options, revisions and tables."""

from collections.abc import Callable, Iterable
from typing import Any

from schema_lab.commands import COMMANDS
from schema_lab.database import tables
from schema_lab.errors import SchemaLabError
from schema_lab.lab import Lab

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
    """Give the function that IPython asks; it answers nothing where the lab cannot be asked."""

    def complete(shell: Any, event: Any) -> list[str]:
        try:
            return offered(event.line, chosen)
        except SchemaLabError:
            return []

    return complete


def offered(line: str, chosen: Callable[[], Lab]) -> list[str]:
    """List what may come next on a line that ends where the cursor stands.

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
        return _beginning(begun, (one for one in COMMANDS[command] if one.startswith("--")))
    if command in SYMBOLS or words[-1] in REVISION_OPTIONS:
        known = [one.id for one in chosen().history()]
        return _beginning(begun, [*SYMBOLS.get(command, ()), *known])
    return []


def _beginning(begun: str, words: Iterable[str]) -> list[str]:
    return [word for word in words if word.startswith(begun)]

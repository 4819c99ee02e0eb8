"""Plain text: visible characters, numbers and values in sentences, aligned columns.

Terminals show it and stored outputs of notebooks are compared by it.
"""

from collections.abc import Iterable, Sequence
from unicodedata import east_asian_width

_LONGEST = 60
"""Characters of a quoted value that are shown."""


def visible(text: object, keep: str = "") -> str:
    r"""Spell out every character that a screen would hide or obey, except those to `keep`.

    Control characters move a terminal's cursor and direction marks reorder a line, so a
    table's name could otherwise hide another.

    Examples
    --------
    >>> visible("users\x1b[2J")
    'users\\x1b[2J'
    """
    return "".join(_visible_character(c, keep) for c in str(text))


def count(number: int, noun: str) -> str:
    """Put a number before its noun.

    Examples
    --------
    >>> count(1, "operation"), count(2, "operation")
    ('1 operation', '2 operations')
    """
    return f"{number} {noun}" + ("" if number == 1 else "s")


def names(ids: Sequence[str], empty: str = "base") -> str:
    """Join revision ids in one line; without any id, give `empty`.

    Examples
    --------
    >>> names(["0003", "0004"]), names([])
    ('0003, 0004', 'base')
    """
    return ", ".join(visible(i) for i in ids) or empty


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Align rows under their columns.

    Examples
    --------
    >>> print(table(["revision", "message"], [["0002", "Add users"], ["0001", "Start"]]))
    revision  message
    0002      Add users
    0001      Start
    """
    lines = [[visible(cell) for cell in row] for row in (columns, *rows)]
    widths = [max(_width(line[i]) for line in lines) for i in range(len(columns))]
    return "\n".join(_aligned(line, widths) for line in lines)


def _visible_character(character: str, keep: str) -> str:
    if character.isprintable() or character in keep:
        return character
    return character.encode("unicode_escape").decode("ascii")


def _aligned(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (c + " " * (width - _width(c)) for c, width in zip(cells, widths, strict=True))
    return "  ".join(padded).rstrip()


def _width(text: str) -> int:
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)


def counted(number: int, noun: str) -> str:
    """Put a number before its noun; a space separates the thousands.

    Examples
    --------
    >>> counted(1, "row"), counted(1204, "non-null value")
    ('1 row', '1 204 non-null values')
    """
    return f"{number:,}".replace(",", " ") + f" {noun}" + ("" if number == 1 else "s")


def quoted(values: Iterable[object], most: int = 5) -> str:
    """Quote the first few values, each shortened.

    Examples
    --------
    >>> quoted(["free", "pro"]), quoted("abcdefg")
    ("'free', 'pro'", "'a', 'b', 'c', 'd', 'e', …")
    """
    texts = [repr(str(value)) for value in values]
    shown = [text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…" for text in texts[:most]]
    return ", ".join([*shown, "…"] if len(texts) > most else shown)

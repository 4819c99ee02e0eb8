"""Values and counts of rows in words, for sentences about live data."""

from collections.abc import Iterable
from typing import Any

_LONGEST = 60


def spelled(values: Iterable[Any]) -> str:
    """Spell one value, or several in brackets; long ones are cut."""
    parts = [_short(repr(one)) for one in values]
    return parts[0] if len(parts) == 1 else f"({', '.join(parts)})"


def joined(names: list[str]) -> str:
    """Name one column, or several in brackets."""
    return names[0] if len(names) == 1 else f"({', '.join(names)})"


def values(number: int) -> str:
    """Count values."""
    return f"{number} value" if number == 1 else f"{number} values"


def are(number: int) -> str:
    """Say "is" or "are"."""
    return "is" if number == 1 else "are"


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"

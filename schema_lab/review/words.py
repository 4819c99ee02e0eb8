"""Numbers and values in sentences."""

from collections.abc import Iterable

_LONGEST = 60


def counted(number: int, noun: str) -> str:
    """Put a number before its noun; a space parts the thousands.

    Examples
    --------
    >>> counted(1, "row"), counted(1204, "non-null value")
    ('1 row', '1 204 non-null values')
    """
    return f"{number:,}".replace(",", " ") + f" {noun}" + ("" if number == 1 else "s")


def quoted(words: Iterable[object], most: int = 5) -> str:
    """Quote values, each shortened, the first few of them.

    Examples
    --------
    >>> quoted(["free", "pro"]), quoted("abcdefg")
    ("'free', 'pro'", "'a', 'b', 'c', 'd', 'e', …")
    """
    texts = [repr(str(one)) for one in words]
    shown = [one if len(one) <= _LONGEST else f"{one[:_LONGEST]}…" for one in texts[:most]]
    return ", ".join([*shown, "…"] if len(texts) > most else shown)

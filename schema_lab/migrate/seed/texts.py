"""Texts of a column: by its name, within its length, like its CHECKs ask."""

import uuid
from collections.abc import Callable, Iterator
from itertools import count
from string import ascii_lowercase, digits

from faker import Faker

from schema_lab.migrate.seed.hints import is_identifier, text_hint
from schema_lab.migrate.seed.wishes import Wish

USUAL = 200
"""Characters at most, where the column itself sets no limit."""

_HEX, _WITH_DASHES = 32, 36
_TRIES = 8


def texts(
    column: str, table: str, wish: Wish, longest: int | None, fake: Faker
) -> tuple[Callable[[], str], Callable[[], Iterator[str]]]:
    """Give what makes a random text, and what walks through distinct ones.

    Parameters
    ----------
    column, table
        Their names.
    wish
        What is asked of the values.
    longest
        The column's length in characters, or None.
    fake
        The source of all randomness.
    """
    limits = [one for one in (longest, wish.longest, USUAL) if one is not None]
    most = max(min(limits), wish.shortest if longest is None else 0)
    made = _maker(column, table, most, fake)

    def random() -> str:
        for _ in range(_TRIES):
            text = made()
            if wish.shortest <= len(text) <= most and wish.fits_pattern(text):
                return text
        if not wish.fits_pattern(text):
            return _shaped(wish.like, fake)[:most]
        return _padded(text[:most].strip() or "a", wish.shortest)

    def walk() -> Iterator[str]:
        if most <= 0:
            yield ""
            return
        if most <= 3:  # noqa: PLR2004 - too short for a text and a number
            yield from _codes(most)
            return
        for number in count(2):
            yield _numbered(random(), str(number), most)

    return random, walk


def _maker(column: str, table: str, most: int, fake: Faker) -> Callable[[], str]:
    if is_identifier(column) and most in (_HEX, _WITH_DASHES):
        return lambda: _identifier(most, fake)
    hint = text_hint(column, table)
    if hint is not None:
        return lambda: hint(fake)
    if most <= 4:  # noqa: PLR2004 - a code, such as a country's
        return lambda: "".join(fake.random.choices(ascii_lowercase, k=most)).upper()
    if most < 30:  # noqa: PLR2004 - a word or two
        return lambda: str(fake.word())
    return lambda: str(fake.sentence(nb_words=min(6, most // 10)))


def _identifier(length: int, fake: Faker) -> str:
    made = uuid.UUID(int=fake.random.getrandbits(128), version=4)
    return made.hex if length == _HEX else str(made)


def _shaped(pattern: str, fake: Faker) -> str:
    """Fill the gaps of a LIKE pattern."""
    parts = (fake.word() if one == "%" else fake.random.choice(digits) for one in pattern)
    return "".join(part if one in "%_" else one for one, part in zip(pattern, parts, strict=True))


def _padded(text: str, shortest: int) -> str:
    return text if len(text) >= shortest else (text * shortest)[:shortest]


def _numbered(text: str, number: str, most: int) -> str:
    """Make a text distinct by a number: before the @ of an e-mail address, else at its end.

    Examples
    --------
    >>> _numbered("ann@example.com", "7", 50), _numbered("Rome", "7", 4)
    ('ann7@example.com', 'Rom7')
    """
    head, at, tail = text.partition("@")
    if at and len(text) + len(number) <= most:
        return f"{head}{number}@{tail}"
    return text[: max(0, most - len(number))] + number[-most:]


def _codes(length: int) -> Iterator[str]:
    """Walk through all texts of so few capitals and digits."""
    signs = ascii_lowercase.upper() + digits
    for number in range(len(signs) ** length):
        rest, text = number, ""
        for _ in range(length):
            rest, place = divmod(rest, len(signs))
            text = signs[place] + text
        yield text

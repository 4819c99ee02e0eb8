"""Texts for a column: by its name, within its length, as its CHECKs ask.

The name chooses one of Faker's providers. Providers that depend on today's date are left out: the
same seed gives the same rows on any day.
"""

import re
import uuid
from collections.abc import Callable, Iterator
from itertools import count
from string import ascii_lowercase, digits

from faker import Faker

from schema_lab.seed.wishes import Wish

Text = Callable[[Faker], str]

_PROVIDERS: dict[str, tuple[str, ...]] = {
    "address": ("address", "shipping_address", "billing_address"),
    "bs": ("slogan", "tagline"),
    "bban": ("account_number",),
    "catch_phrase": ("product", "product_name", "headline"),
    "city": ("city", "town"),
    "color_name": ("color", "colour"),
    "company": ("company", "company_name", "employer", "organisation", "organization"),
    "company_email": ("work_email",),
    "country": ("country",),
    "country_code": ("country_code",),
    "credit_card_number": ("credit_card", "card_number"),
    "currency_code": ("currency", "currency_code"),
    "domain_name": ("domain", "domain_name", "host", "hostname"),
    "email": ("email", "mail", "email_address", "e_mail"),
    "ean13": ("ean", "barcode"),
    "file_name": ("file", "filename", "file_name"),
    "file_path": ("path", "file_path"),
    "first_name": ("first_name", "firstname", "given_name", "forename", "nickname"),
    "hex_color": ("hex_color",),
    "iban": ("iban",),
    "image_url": ("image", "image_url", "avatar", "avatar_url", "picture", "photo"),
    "ipv4": ("ip", "ip_address", "remote_addr"),
    "isbn13": ("isbn", "isbn13"),
    "job": ("job", "job_title", "occupation", "profession"),
    "language_code": ("language", "language_code", "lang"),
    "last_name": ("last_name", "lastname", "surname", "family_name"),
    "license_plate": ("plate", "license_plate"),
    "locale": ("locale",),
    "mac_address": ("mac", "mac_address"),
    "mime_type": ("mime", "mime_type", "content_type"),
    "name": ("full_name", "fullname", "display_name", "author", "customer_name", "contact"),
    "paragraph": ("bio", "about", "body", "content", "text", "description", "comment", "note"),
    "phone_number": ("phone", "phone_number", "mobile", "telephone", "tel", "fax"),
    "postcode": ("postcode", "zip", "zipcode", "zip_code", "postal_code"),
    "sentence": ("title", "subject", "summary", "message", "notes", "reason", "bio_short"),
    "sha256": ("hash", "password", "password_hash", "hashed_password", "token", "digest", "secret"),
    "slug": ("slug",),
    "state": ("state", "province", "region"),
    "street_address": ("street", "street_address", "address_line", "address1", "line1"),
    "timezone": ("timezone", "time_zone", "tz"),
    "url": ("url", "website", "homepage", "link", "uri"),
    "user_agent": ("user_agent",),
    "user_name": ("username", "user_name", "login", "handle", "account"),
    "uuid4": ("uuid", "guid"),
    "word": ("tag", "label", "category", "kind", "type", "status", "key", "role"),
}
_BY_NAME = {name: provider for provider, names in _PROVIDERS.items() for name in names}
_OF_TABLE = {
    "people": ("user", "person", "people", "customer", "employee", "author", "member", "contact"),
    "companies": ("company", "companies", "supplier", "vendor", "organisation", "organization"),
    "cities": ("city", "cities", "town"),
    "countries": ("country", "countries"),
    "products": ("product", "item", "article"),
}
_NAME_IN = {
    "people": "name",
    "companies": "company",
    "cities": "city",
    "countries": "country",
    "products": "catch_phrase",
}
_NUMBERS: dict[str, tuple[int, int]] = {
    "age": (18, 90),
    "year": (2000, 2024),
    "month": (1, 12),
    "day": (1, 28),
    "hour": (0, 23),
    "minute": (0, 59),
    "quantity": (1, 20),
    "qty": (1, 20),
    "rating": (1, 5),
    "stars": (1, 5),
    "percent": (0, 100),
    "percentage": (0, 100),
    "discount": (0, 50),
    "price": (1, 500),
    "amount": (1, 2000),
    "total": (1, 5000),
    "salary": (25_000, 120_000),
    "weight": (1, 200),
    "height": (1, 220),
    "latitude": (-90, 90),
    "lat": (-90, 90),
    "longitude": (-180, 180),
    "lng": (-180, 180),
    "lon": (-180, 180),
    "position": (1, 50),
    "priority": (1, 5),
    "level": (1, 10),
    "port": (1024, 65_000),
}


def text_hint(column: str, table: str) -> Text | None:
    """Give what makes a text for a column of this name, or None.

    Examples
    --------
    >>> fake = Faker()
    >>> "@" in text_hint("home_email", "users")(fake)
    True
    >>> text_hint("x", "users") is None
    True
    """
    words = _words(column)
    for start in range(len(words)):
        provider = _BY_NAME.get("_".join(words[start:]))
        if provider is not None:
            return lambda fake: str(getattr(fake, provider)())
    if words[-1:] == ["name"]:
        return _name_of(table)
    return None


def number_hint(column: str) -> tuple[int, int] | None:
    """Give the range that a column's name suggests, or None.

    Examples
    --------
    >>> number_hint("unit_price")
    (1, 500)
    """
    words = _words(column)
    return _NUMBERS.get(words[-1]) if words else None


def is_identifier(column: str) -> bool:
    """Say whether a column's name is that of an identifier, such as uuid or order_id."""
    return bool({"id", "uuid", "guid", "uid"} & set(_words(column)))


def _name_of(table: str) -> Text:
    words = set(_words(table))
    for group, members in _OF_TABLE.items():
        if words & {form for word in members for form in (word, f"{word}s")}:
            provider = _NAME_IN[group]
            return lambda fake: str(getattr(fake, provider)())
    return lambda fake: " ".join(fake.words(2)).title()


def _words(name: str) -> list[str]:
    """Cut a name at underscores and capitals."""
    spaced = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name)
    return [word for word in re.split(r"[^A-Za-z0-9]+", spaced.lower()) if word]


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
    limits = [limit for limit in (longest, wish.longest, USUAL) if limit is not None]
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
    parts = (fake.word() if mark == "%" else fake.random.choice(digits) for mark in pattern)
    return "".join(
        part if mark in "%_" else mark for mark, part in zip(pattern, parts, strict=True)
    )


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

"""What a column's name says of its values, through Faker's own providers.

Providers that depend on today's date are left out: the same seed gives the same rows on any day.
"""

import re
from collections.abc import Callable

from faker import Faker

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
        if words & {form for one in members for form in (one, f"{one}s")}:
            provider = _NAME_IN[group]
            return lambda fake: str(getattr(fake, provider)())
    return lambda fake: " ".join(fake.words(2)).title()


def _words(name: str) -> list[str]:
    """Cut a name at underscores and capitals."""
    spaced = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name)
    return [one for one in re.split(r"[^A-Za-z0-9]+", spaced.lower()) if one]

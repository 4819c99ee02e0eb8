"""Keep the secrets of a database URL out of every text that a person may see.

A *secret* is the password between the user and the host, or the value of a query parameter whose
name says so (``password``, ``sslpassword``, ``token`` …). A text that is no URL at all is masked
on suspicion: what stands between the first colon and the last ``@`` counts as a password.
"""

import re
from collections.abc import Iterator
from urllib.parse import quote, quote_plus, unquote, unquote_plus

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

MASK = "***"
_SCHEME = re.compile(r"\W*[A-Za-z][\w+.\-]*://")
_EMBEDDED = re.compile(r"\W*sqlite3?(\+\w+)?:///", re.IGNORECASE)
_PORT = re.compile(r"\d*([/?].*)?", re.DOTALL)
_HOST_AND_COLON = re.compile(r"(\[[^\]]*\]|[^:/?]*):")
_PARAMETER = re.compile(r"([^=&?;#\s]+)=(?=([^&]*))")
_SECRET_NAME = re.compile(r"pass|pwd|secret|token|credential|ssl_?key|api_?key", re.IGNORECASE)

Span = tuple[int, int]


def masked(url: str | URL) -> str:
    """Spell a URL with every secret replaced by ``***``. Read-only.

    Parameters
    ----------
    url : str or sqlalchemy.URL
        Any text; it need not be a valid URL.

    Returns
    -------
    str

    Examples
    --------
    >>> masked("postgresql://ann:p@ss@db.example/app?sslpassword=x")
    'postgresql://ann:***@db.example/app?sslpassword=***'
    """
    text = _spelled(url)
    pieces, end = [], 0
    for start, stop in _merged(_secret_spans(text)):
        pieces += [text[end:start], MASK]
        end = stop
    return "".join([*pieces, text[end:]])


def scrub(text: str, url: str | URL) -> str:
    """Replace the secrets of a URL wherever they stand in a text, raw or quoted. Read-only.

    A password that the masked URL spells anyway (``postgres`` in ``postgresql://``) is replaced
    only behind a colon or an equals sign, so that messages stay readable.

    Parameters
    ----------
    text : str
        For instance the message of a database driver.
    url : str or sqlalchemy.URL
        The URL whose secrets must not be seen.

    Returns
    -------
    str

    Examples
    --------
    >>> scrub("cannot log in with s%26cret", "mysql://ann:s&cret@localhost/app")
    'cannot log in with ***'
    """
    visible = masked(url)
    text = text.replace(_spelled(url), visible)
    forms = {form for secret in _secrets(url) for form in _forms(secret)} - {"", MASK}
    patterns = [_pattern(form, visible) for form in sorted(forms, key=len, reverse=True)]
    return re.sub("|".join(patterns), MASK, text, flags=re.IGNORECASE) if patterns else text


def has_ambiguous_password(url: str | URL) -> bool:
    """Tell whether an unescaped ``@`` hides where the password of a URL ends. Read-only.

    SQLAlchemy ends the password at the first ``@`` and takes the rest of it for the host.

    Examples
    --------
    >>> has_ambiguous_password("mysql://ann:p@ss@localhost/app")
    True
    """
    text = _spelled(url)
    scheme = _SCHEME.match(text)
    spans = _password_span(text, scheme.end() if scheme else 0)
    return not _EMBEDDED.match(text) and any("@" in text[slice(*span)] for span in spans)


def _spelled(url: str | URL) -> str:
    return url if isinstance(url, str) else url.render_as_string(hide_password=False)


def _secret_spans(text: str) -> Iterator[Span]:
    scheme = _SCHEME.match(text)
    start = scheme.end() if scheme else 0
    if not _EMBEDDED.match(text):
        yield from _password_span(text, start)
    for parameter in _PARAMETER.finditer(text, start):
        if _SECRET_NAME.search(unquote_plus(parameter[1])):
            yield parameter.span(2)


def _password_span(text: str, start: int) -> Iterator[Span]:
    at = text.rfind("@", start)
    colon = text.find(":", start)
    if start <= colon < at:
        yield colon + 1, at
    host = _HOST_AND_COLON.match(text, start)
    if at < 0 and host and not _PORT.fullmatch(text, host.end()):
        yield host.end(), len(text)


def _merged(spans: Iterator[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, stop in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(stop, merged[-1][1]))
        else:
            merged.append((start, stop))
    return merged


def _secrets(url: str | URL) -> Iterator[str]:
    text = _spelled(url)
    for start, stop in _secret_spans(text):
        yield text[start:stop]
    try:
        yield str(make_url(url).password or "")
    except (ArgumentError, ValueError):
        return


def _forms(secret: str) -> set[str]:
    plain = {secret, unquote(secret), unquote_plus(secret)}
    quoted = {quote(form, safe=safe) for form in plain for safe in ("", "/", " +")}
    escaped = {re.sub(r"([\\'\"])", r"\\\1", form) for form in plain}
    literal = {repr(form)[1:-1] for form in plain}
    return plain | quoted | escaped | literal | {quote_plus(form) for form in plain}


def _pattern(form: str, visible: str) -> str:
    escaped = re.escape(form)
    return rf"(?<=[:=]){escaped}(?!\w)" if form.lower() in visible.lower() else escaped

"""Messages and ids are checked before Alembic puts them into a template and a file name."""

import re

from schema_lab.errors import InputError

_LONGEST_MESSAGE = 200
_ID = re.compile(r"[A-Za-z0-9_]{1,32}")
_RESERVED = ("base", "head", "heads", "current")


def checked_message(message: str) -> str:
    """Give a message that may stand in a script.

    Raises
    ------
    InputError
        When it is empty, too long, of several lines, or would end the script's docstring.

    Examples
    --------
    >>> checked_message(" Add onboarding tracking fields ")
    'Add onboarding tracking fields'
    """
    if not message.strip():
        raise InputError("The message is empty.", "Say in a few words what changes.")
    text = message.strip()
    if len(text) > _LONGEST_MESSAGE:
        raise InputError(
            f"The message has {len(text)} characters.", f"Keep it under {_LONGEST_MESSAGE}."
        )
    if not text.isprintable():
        raise InputError("The message holds a line break or a control character.", "Use one line.")
    if "\\" in text or '"""' in text:
        raise InputError(
            'The message holds a backslash or """, which would change the script\'s code.',
            "Leave it out.",
        )
    return text


def checked_id(revision: str) -> str:
    """Give a revision id that Alembic can store and that names a file in versions/.

    Raises
    ------
    InputError
        When it is not 1 to 32 letters, digits or underscores, or is a word of Alembic's.

    Examples
    --------
    >>> checked_id("0001")
    '0001'
    """
    if not _ID.fullmatch(revision) or revision.lower() in _RESERVED:
        raise InputError(
            f"{revision[:60]!r} cannot be a revision id.",
            f"Use 1 to 32 letters, digits or underscores, and not {', '.join(_RESERVED)}.",
        )
    return revision

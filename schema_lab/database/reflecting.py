"""Live tables as they are, wherever Alembic looks at them."""

from collections.abc import Iterator
from contextlib import contextmanager

from schema_lab.database.sqlite_reflection import sqlite_as_it_is
from schema_lab.database.word_for_word import words_kept


@contextmanager
def reflected_word_for_word() -> Iterator[None]:
    """Let tables be reflected with their own words, and all of SQLite's indexes, while it lasts.

    One within another changes nothing.
    """
    with words_kept(), sqlite_as_it_is():
        yield

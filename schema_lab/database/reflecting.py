"""Live tables as they are, wherever Alembic looks at them."""

from collections.abc import Iterator
from contextlib import contextmanager

from schema_lab.database.mariadb_reflection import mariadb_keys_as_they_are
from schema_lab.database.sqlite_reflection import sqlite_as_it_is
from schema_lab.database.word_for_word import words_kept


@contextmanager
def reflected_word_for_word() -> Iterator[None]:
    """Let tables be reflected with their own words, indexes and keys, while it lasts.

    One within another changes nothing.
    """
    with words_kept(), sqlite_as_it_is(), mariadb_keys_as_they_are():
        yield

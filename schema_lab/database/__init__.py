"""What is? The engine recipe of each dialect, the lock, and the live tables as DataFrames."""

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

from schema_lab.database.at_once import read_at_once
from schema_lab.database.dialects import family, is_mysql
from schema_lab.database.engines import (
    SQLITE_BEGIN,
    broken_foreign_keys,
    engine_for,
    foreign_keys_off,
    sqlite_transactions,
)
from schema_lab.database.fingerprint import Fingerprint, fingerprint
from schema_lab.database.kept_briefly import let_go
from schema_lab.database.kept_connection import looking_again
from schema_lab.database.lock import exclusive
from schema_lab.database.mysql_tls import tls_where_there_is
from schema_lab.database.own_tables import JOURNAL_TABLE
from schema_lab.database.postgresql_at_once import next_of
from schema_lab.database.reflecting import reflected_word_for_word
from schema_lab.database.remembered import Remembered
from schema_lab.database.settings import database_url, embedded_url
from schema_lab.database.snapshots import Snapshot, Snapshots
from schema_lab.database.sqlite_schema import words_of
from schema_lab.database.urls import masked, resolve, scrub
from schema_lab.database.waiting import wait_until_it_answers
from schema_lab.database.word_for_word import as_text, undoubled, without_parameters

if TYPE_CHECKING:
    from schema_lab.database import tables

__all__ = [
    "JOURNAL_TABLE",
    "SQLITE_BEGIN",
    "Fingerprint",
    "Remembered",
    "Snapshot",
    "Snapshots",
    "as_text",
    "broken_foreign_keys",
    "database_url",
    "embedded_url",
    "engine_for",
    "exclusive",
    "family",
    "fingerprint",
    "foreign_keys_off",
    "is_mysql",
    "let_go",
    "looking_again",
    "masked",
    "next_of",
    "read_at_once",
    "reflected_word_for_word",
    "resolve",
    "scrub",
    "sqlite_transactions",
    "tables",
    "tls_where_there_is",
    "undoubled",
    "wait_until_it_answers",
    "without_parameters",
    "words_of",
]


def __getattr__(name: str) -> ModuleType:
    """Load the DataFrames, and pandas with them, on first use."""
    if name == "tables":
        return import_module("schema_lab.database.tables")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

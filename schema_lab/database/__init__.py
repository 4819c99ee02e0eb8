"""How do we talk to a database? Connections, addresses, the migration lock, snapshots."""

from schema_lab.database.connections.engines import (
    SQLITE_BEGIN,
    broken_foreign_keys,
    engine_for,
    foreign_keys_off,
    sqlite_transactions,
    tls_where_there_is,
)
from schema_lab.database.connections.lock import DEFAULT_WAIT, exclusive, wait_until_it_answers
from schema_lab.database.connections.opened import (
    ClosedSessions,
    Opened,
    close_opened,
    opened_on,
    track,
)
from schema_lab.database.connections.pool import close_kept_sessions, looking_again
from schema_lab.database.connections.proxies import refuse_read_only
from schema_lab.database.connections.remembered import Remembered, asking_anew
from schema_lab.database.dialects import family, is_mysql
from schema_lab.database.own import JOURNAL_TABLE
from schema_lab.database.settings import database_url, embedded_url, named_url
from schema_lab.database.snapshots import Snapshot, Snapshots
from schema_lab.database.urls import masked, resolve, scrub

__all__ = [
    "DEFAULT_WAIT",
    "JOURNAL_TABLE",
    "SQLITE_BEGIN",
    "ClosedSessions",
    "Opened",
    "Remembered",
    "Snapshot",
    "Snapshots",
    "asking_anew",
    "broken_foreign_keys",
    "close_kept_sessions",
    "close_opened",
    "database_url",
    "embedded_url",
    "engine_for",
    "exclusive",
    "family",
    "foreign_keys_off",
    "is_mysql",
    "looking_again",
    "masked",
    "named_url",
    "opened_on",
    "refuse_read_only",
    "resolve",
    "scrub",
    "sqlite_transactions",
    "tls_where_there_is",
    "track",
    "wait_until_it_answers",
]

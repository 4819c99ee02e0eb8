"""The engine of each dialect: connections, transactions, TLS, and who holds a SQLite file.

The notebook, the command line and `scripts/run_migrations.py` all connect through here.

PyMySQL encrypts where the server can, and loads every certificate first. Without a certificate of
its own it verifies none, so those 35 ms of each connection are saved here:
https://pymysql.readthedocs.io/en/latest/modules/connections.html

SQLite locks bytes of the file itself, or of the file `-shm` beside it in WAL mode, and Linux lists
the processes in /proc/locks. Neither file is opened to find them: closing a file would free this
process's own locks on it. Sources: https://www.sqlite.org/fileformat2.html#the_lock_byte_page,
https://www.sqlite.org/walformat.html#wal_locks
"""

import os
import sqlite3
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.pool import NullPool, QueuePool

from schema_lab.database.connections.lock import DEFAULT_WAIT
from schema_lab.database.connections.pool import keep_for_looking, pools_sessions, session_pool
from schema_lab.database.connections.remembered import with_memory
from schema_lab.errors import DatabaseError

_NO_TLS = 2026
"""CR_SSL_CONNECTION_ERROR: https://mariadb.com/kb/en/mariadb-error-code-reference/."""


def with_tls_where_there_is(engine: sa.Engine) -> sa.Engine:
    """Let an engine on MariaDB or MySQL connect as PyMySQL does by itself, and give it back.

    A URL that says anything about TLS, or names a file that may, is left to PyMySQL.
    """
    if engine.dialect.driver == "pymysql":
        event.listen(engine, "do_connect", _connect)
    return engine


@contextmanager
def tls_where_there_is(url: sa.URL) -> Iterator[None]:
    """Let every engine on PyMySQL connect so meanwhile, such as an env.py's own for this URL.

    One within another changes nothing.
    """
    dialect = url.get_dialect()
    if dialect.driver != "pymysql" or event.contains(dialect, "do_connect", _connect):
        yield
        return
    event.listen(dialect, "do_connect", _connect)
    try:
        yield
    finally:
        event.remove(dialect, "do_connect", _connect)


def _connect(dialect: Any, record: Any, arguments: Any, options: dict[str, Any]) -> Any:
    """Connect; None where PyMySQL shall do it by itself."""
    if any(name.startswith(("ssl", "read_default")) for name in options):
        return None
    try:
        return dialect.connect(*arguments, **options, ssl=_unverified())
    except dialect.loaded_dbapi.OperationalError as error:
        if error.args[0] != _NO_TLS:
            raise
    return dialect.connect(*arguments, **options, ssl_disabled=True)


@cache
def _unverified() -> ssl.SSLContext:
    """Give what encrypts and verifies nothing, as PyMySQL's own does without a certificate."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    return made


LOCKS = Path("/proc/locks")
FIRST_LOCK_BYTE = 0x40000000
WAL_WRITE_BYTE = 120


_OURSELVES = "this process"


def holder(database: str) -> str:
    """Name the processes in the way of a SQLite file, such as "process 4711". Read-only.

    Examples
    --------
    >>> holder("a-file-that-is-not-there.db")
    'another program'
    """
    found = list(_locks(Path(database)))
    others = [(kind, pid) for kind, pid in found if pid != os.getpid()]
    writers = {pid for kind, pid in others if kind == "WRITE"}
    pids = writers or {pid for _, pid in others} or {pid for _, pid in found}
    if pids == {os.getpid()}:
        return _OURSELVES
    return ", ".join(f"process {pid}" for pid in sorted(pids)) or "another program"


def _locks(database: Path) -> Iterator[tuple[str, int]]:
    """Give the kind (READ, WRITE) and the process of each lock on the file that matters."""
    if not LOCKS.is_file():
        return
    main, shared = _inode(database), _inode(Path(f"{database}-shm"))
    for line in LOCKS.read_text(encoding="ascii").splitlines():
        fields = line.split()
        if len(fields) != len(("1:", "POSIX", "ADVISORY", "WRITE", "pid", "file", "from", "to")):
            continue  # "->" marks who waits
        kind, pid, inode, start = fields[3], fields[4], fields[5].split(":")[-1], int(fields[6])
        if (inode == main and start >= FIRST_LOCK_BYTE) or (
            inode == shared and kind == "WRITE" and start == WAL_WRITE_BYTE
        ):
            yield kind, int(pid)


def _inode(path: Path) -> str:
    return str(path.stat().st_ino) if path.exists() else ""


SQLITE_BEGIN = "sqlite_begin"
"""Execution option of a connection: how its transactions begin ("DEFERRED" or "IMMEDIATE")."""


def engine_for(
    url: sa.URL, wait: float = DEFAULT_WAIT, creator: Callable[[], Any] | None = None
) -> sa.Engine:
    """Give the engine for a resolved URL. Read-only: nothing connects yet.

    Parameters
    ----------
    url
        A URL as `schema_lab.database.resolve` gives it.
    wait
        Seconds that SQLite waits for another writer.
    creator
        Opens a connection of the driver's, in the place of the URL.

    Raises
    ------
    DatabaseError
        For a SQLite database in memory, which every connection would see empty.

    Examples
    --------
    >>> engine_for(sa.make_url("sqlite:///lab.db")).dialect.name
    'sqlite'
    """
    given: dict[str, Any] = {} if creator is None else {"creator": creator}
    if pools_sessions(url):
        return with_memory(session_pool(url, **given))
    if url.get_backend_name() != "sqlite":
        engine = sa.create_engine(url, poolclass=NullPool, **given)
        return with_memory(with_tls_where_there_is(engine))
    if url.database in (None, "", ":memory:") or "mode=memory" in str(url.query):
        raise DatabaseError(
            "A SQLite database in memory is empty again for every connection.",
            "Name a file, such as sqlite:///lab.db, or use Lab.scratch().",
        )
    arguments = {"timeout": wait, "check_same_thread": False}  # env.py may have its own thread
    engine = sa.create_engine(
        url, poolclass=QueuePool, pool_size=1, max_overflow=-1, connect_args=arguments, **given
    )
    event.listen(engine, "connect", _on_sqlite_connect)
    if creator is not None:
        event.listen(engine, "connect", partial(_wait_for_writers, wait))
    event.listen(engine, "handle_error", partial(_on_sqlite_error, wait))
    _quote_newer_words(engine)
    return keep_for_looking(with_memory(real_transactions(engine)))


def _quote_newer_words(engine: sa.Engine) -> None:
    """Let an engine quote the words that SQLite has reserved since SQLAlchemy listed them."""
    preparer = engine.dialect.identifier_preparer
    preparer.reserved_words = {*preparer.reserved_words, "nothing", "returning"}


def _on_sqlite_connect(connection: Any, record: Any) -> None:
    """Hand transactions to SQLAlchemy: the driver's own mode does not cover DDL."""
    connection.isolation_level = None


def _wait_for_writers(wait: float, connection: Any, record: Any) -> None:
    """Let a connection that somebody else opened wait as ours do."""
    connection.execute(f"PRAGMA busy_timeout={int(wait * 1000)}")


def _on_sqlite_begin(connection: sa.Connection) -> None:
    mode = connection.get_execution_options().get(SQLITE_BEGIN, "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {mode}")


def _on_sqlite_error(wait: float, context: Any) -> DatabaseError | None:
    """Name who is in the way, where SQLite only says that the database is locked."""
    error = context.original_exception
    if getattr(error, "sqlite_errorcode", 0) & 0xFF != sqlite3.SQLITE_BUSY:
        return None
    held = holder(context.engine.url.database or "")
    if held == _OURSELVES:
        return DatabaseError(
            f"Another connection of this process (process {os.getpid()}) uses this database, and "
            "SQLite allows only one writer.",
            "Commit or close that connection first. In a revision, use op.get_bind(): a connection "
            "of op.get_bind().engine waits for the migration itself.",
        )
    return DatabaseError(
        f"Another program is using this database ({held}); it did not finish within {wait:g} s.",
        "Wait for it to finish, then try again, or wait longer: `Lab(wait=300)`.",
    )


def real_transactions(engine: sa.Engine) -> sa.Engine:
    """Let a SQLite engine begin its transactions as `engine_for`'s do, and give it back."""
    event.listen(engine, "begin", _on_sqlite_begin)
    return engine


@contextmanager
def sqlite_transactions(connection: sa.Connection, wait: float) -> Iterator[None]:
    """Migrate in real transactions also on a SQLite engine that is not `engine_for`'s.

    The driver's own mode commits at DDL. What is changed on the connection is put back.
    """
    engine = connection.engine
    if engine.dialect.name != "sqlite" or event.contains(engine, "begin", _on_sqlite_begin):
        yield
        return
    driver: Any = connection.connection.driver_connection
    level, busy = driver.isolation_level, _pragma(connection, "busy_timeout")
    hooks: list[tuple[str, Callable[..., Any]]] = [
        ("begin", partial(_instead_of_theirs, connection)),
        ("handle_error", partial(_on_sqlite_error, wait)),
    ]
    driver.isolation_level = None
    _pragma(connection, f"busy_timeout={int(wait * 1000)}")
    for name, hook in hooks:
        event.listen(engine, name, hook)
    try:
        yield
    finally:
        for name, hook in hooks:
            event.remove(engine, name, hook)
        driver.isolation_level = level
        _pragma(connection, f"busy_timeout={busy or 0}")


def _instead_of_theirs(ours: sa.Connection, connection: sa.Connection) -> None:
    """Begin a transaction in place of the one that the engine's own listener may have begun."""
    if connection is not ours:
        return
    driver: Any = connection.connection.driver_connection
    if driver.in_transaction:
        driver.execute("ROLLBACK")
    _on_sqlite_begin(connection)


@contextmanager
def foreign_keys_off(connection: sa.Connection) -> Iterator[None]:
    """Keep SQLite from deleting child rows while a parent table is rebuilt.

    The pragma is a no-op inside a transaction, so this stands outside of one and reads it back.
    On other dialects nothing happens. Source: https://www.sqlite.org/lang_altertable.html#otheralter
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    before = _pragma(connection, "foreign_keys")
    _pragma(connection, "foreign_keys=OFF")
    if _pragma(connection, "foreign_keys") != 0:
        raise DatabaseError(
            "SQLite did not switch foreign keys off, because a transaction is open.",
            "Commit or roll back on this connection, then migrate.",
        )
    try:
        yield
    finally:
        if not connection.invalidated and not connection.closed:
            _pragma(connection, f"foreign_keys={before or 0}")


def _pragma(connection: sa.Connection, text: str) -> int | None:
    """Run a pragma on the driver's connection, where no transaction begins on its own."""
    driver = connection.connection.driver_connection
    if driver is None:
        return None
    row = driver.execute(f"PRAGMA {text}").fetchone()
    return None if row is None else int(row[0])


def broken_foreign_keys(connection: sa.Connection) -> frozenset[tuple[Any, ...]]:
    """List SQLite's rows whose parent is missing, as (table, rowid, parent, key). Read-only."""
    if connection.dialect.name != "sqlite":
        return frozenset()
    return frozenset(map(tuple, connection.exec_driver_sql("PRAGMA foreign_key_check")))

"""The safeguards of a migration: a prepared connection, and what is refused around its steps.

The connection is locked, with nothing open on it, foreign keys kept and short waits for locks.
Refused are: before the first statement a damaged database, and on MariaDB and MySQL a user without
the rights for all steps, since a half-applied migration cannot be rolled back there; after a
revision on SQLite, still inside its transaction, a rebuilt table that would silently lose what the
copy cannot hold; after a run other heads than Alembic reported.
"""

import ast
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Literal

import sqlalchemy as sa
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DBAPIError
from tenacity import Retrying, retry_if_exception, stop_after_delay, wait_random_exponential

from schema_lab.database import (
    SQLITE_BEGIN,
    broken_foreign_keys,
    exclusive,
    foreign_keys_off,
    is_mysql,
    refuse_read_only,
    sqlite_transactions,
)
from schema_lab.database.dialects import shared_name
from schema_lab.errors import MigrationError
from schema_lab.history import missing_tables, refuse_forgotten, refuse_leftovers, revisions_of
from schema_lab.migrate.run import EVERY_LOSS, direction_of
from schema_lab.schema.reflection.sqlite_losses import (
    LostClause,
    SchemaObjects,
    dropped_by,
    losses_between,
    meant_by,
)

STRICT = "CONCAT_WS(',', NULLIF(@@sql_mode, ''), 'STRICT_ALL_TABLES')"
SETTINGS = {
    "postgresql": {"lock_timeout": "'500ms'"},
    "mysql": {"lock_wait_timeout": "1", "innodb_lock_wait_timeout": "5", "sql_mode": STRICT},
}
"""A DDL statement that waits for a table's lock blocks every reader behind it: wait briefly and
try again. Without strict mode, MariaDB stores 0 or '' where a value does not fit."""


@contextmanager
def ready(connection: sa.Connection, timeout: float) -> Iterator[sa.Connection]:
    """Hold the migration lock on this connection, with nothing open on it.

    Parameters
    ----------
    connection
        A connection with no transaction open.
    timeout
        Seconds to wait for the lock.

    Raises
    ------
    DatabaseError
        When the lock is not free in time, a transaction is open, or the server is read-only.
    """
    if connection.dialect.name != "sqlite":
        refuse_read_only(connection)
    connection.execution_options(**{SQLITE_BEGIN: "IMMEDIATE"})
    with (
        sqlite_transactions(connection, timeout),
        foreign_keys_off(connection),
        exclusive(connection, timeout),
        _settings(connection),
    ):
        yield connection


def transactional(dialect: str) -> Literal[True] | None:
    """Say whether DDL runs in one transaction here though Alembic does not do so by itself."""
    return True if dialect == "sqlite" else None


def in_transaction(connection: sa.Connection) -> bool:
    """Ask the driver whether a transaction is open: SQLAlchemy does not see a revision's COMMIT."""
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "sqlite":
        return bool(driver.in_transaction)
    if connection.dialect.driver == "psycopg":
        return bool(driver.info.transaction_status)
    return True


@contextmanager
def _settings(connection: sa.Connection) -> Iterator[None]:
    """Change settings of the session, and restore them afterwards: it may go to a pool."""
    name = shared_name(connection.dialect.name)
    wanted = SETTINGS.get(name, {})
    before = _read(connection, wanted)
    _set(connection, wanted)
    try:
        yield
    finally:
        with suppress(DBAPIError):  # a connection that is gone has no settings either
            connection.rollback()
            _set(connection, before)


def _read(connection: sa.Connection, settings: Iterable[str]) -> dict[str, str]:
    """Give settings of the session as SQL writes them."""
    form = "current_setting('{}')" if connection.dialect.name == "postgresql" else "@@{}"
    asked = ", ".join(form.format(setting) for setting in settings)
    found = connection.exec_driver_sql(f"SELECT {asked}").one() if asked else ()
    return {
        setting: str(value) if isinstance(value, int) else f"'{value}'"
        for setting, value in zip(settings, found, strict=True)
    }


def _set(connection: sa.Connection, settings: Mapping[str, str]) -> None:
    """Change settings of the session at once; PostgreSQL, which takes one at a time, has one."""
    if settings:
        given = ", ".join(f"{setting} = {value}" for setting, value in settings.items())
        connection.exec_driver_sql(f"SET SESSION {given}")
        connection.commit()


def wait_until_vacuum_ends(connection: sa.Connection) -> None:
    """Wait for locks a little longer than PostgreSQL lets an automatic vacuum block others.

    The server cancels its vacuum only for who has waited for `deadlock_timeout`.
    https://www.postgresql.org/docs/current/routine-vacuuming.html
    """
    connection.exec_driver_sql(
        "SELECT set_config('lock_timeout', (setting::int + 500)::text, false)"
        " FROM pg_settings WHERE name = 'deadlock_timeout'"
    )
    connection.commit()


def patiently(seconds: float, work: Callable[[], None], locked: Callable[[], bool]) -> None:
    """Run `work`, and again after a pause while another transaction's lock blocks it.

    Parameters
    ----------
    seconds
        How long to keep trying.
    work
        What to run; it has rolled back when it raises.
    locked
        Says after a failure whether it was a lock, and running again is safe.
    """
    attempts = Retrying(
        stop=stop_after_delay(seconds),
        wait=wait_random_exponential(multiplier=0.1, max=3),
        retry=retry_if_exception(lambda error: locked()),
        reraise=True,
    )
    attempts(work)


@contextmanager
def foreign_keys_kept(connection: sa.Connection) -> Iterator[None]:
    """Refuse, still inside the transaction, a migration that leaves rows without a parent row.

    Raises
    ------
    MigrationError
        Naming the first rows.
    """
    before = broken_foreign_keys(connection)
    yield
    broken = sorted(broken_foreign_keys(connection) - before, key=str)
    if broken:
        rows = ", ".join(
            f"{table} (rowid {rowid}) → {parent}" for table, rowid, parent, _ in broken
        )
        raise MigrationError(
            f"{len(broken)} rows would point to a missing parent row: {rows[:300]}.",
            "Delete or fix these rows first, in the same migration.",
        )


def refuse_unfit(connection: sa.Connection, heads: Iterable[str], steps: list[Any]) -> None:
    """Refuse steps that must fail, or that start from a damaged database. Read-only.

    Parameters
    ----------
    connection
        The migrating connection.
    heads
        What the version table names.
    steps
        Alembic's steps, no stamps.

    Raises
    ------
    SchemaLabError
        Saying what blocks the steps.
    """
    refuse_leftovers(connection)
    bases = [step.revision for step in steps if step.is_upgrade and not step.revision.down_revision]
    refuse_forgotten(connection, heads, bases)
    if is_mysql(connection.dialect.name):
        refuse_missing_rights(connection, steps)


def tables_gone(
    connection: sa.Connection, scripts: ScriptDirectory, applied: frozenset[str]
) -> tuple[str, ...]:
    """Name the tables that the applied revisions created and that are missing. Read-only."""
    known = revisions_of(scripts)
    return tuple(
        f"Table {table}, which an applied revision created, is missing; see lab.drift()."
        for table in missing_tables(connection, [known[revision] for revision in applied])
    )


def refuse_other_heads(direction: str, expected: tuple[str, ...], after: tuple[str, ...]) -> None:
    """Refuse a run after which a fresh connection sees other heads than Alembic reported."""
    if after != expected:
        raise MigrationError(
            f"The {direction} reported {', '.join(expected) or 'base'}, "
            f"but the database is at {', '.join(after) or 'base'}.",
            "Nothing was committed, or another program migrates this database. Try again.",
        )


PROBES = {
    "CREATE": "CREATE TABLE {name} LIKE {name}_",
    "ALTER": "ALTER TABLE {name} ADD COLUMN x INT",
    "INDEX": "CREATE INDEX x ON {name} (x)",
    "DROP": "DROP TABLE {name}",
}
"""Statements that always fail, because no such table exists: first for a missing right."""

DENIED = (1044, 1142)
"""MariaDB's and MySQL's error numbers for a right that is missing."""

_NEEDS = {
    "ALTER": (
        *("add_column", "alter_column", "batch_alter_table", "create_check_constraint"),
        *("create_foreign_key", "create_primary_key", "create_table_comment"),
        *("create_unique_constraint", "drop_column", "drop_constraint", "rename_table"),
    ),
    "INDEX": ("create_index", "drop_index"),
    "DROP": ("drop_table",),
}


def refuse_missing_rights(connection: sa.Connection, steps: Iterable[Any]) -> None:
    """Refuse steps on MariaDB or MySQL that the user may not run to their end. Read-only.

    Raises
    ------
    MigrationError
        Naming the user and the rights.
    """
    needed = {"CREATE"}.union(*(_needed(step) for step in steps))
    missing = [right for right in PROBES if right in needed and _is_denied(connection, right)]
    if not missing:
        return
    user, database = connection.execute(sa.text("SELECT CURRENT_USER(), DATABASE()")).one()
    rights = ", ".join(missing)
    name, _, host = user.rpartition("@")
    raise MigrationError(
        f"The user {user} has no right to {rights} in the database {database}.",
        f"Ask an administrator to run: GRANT {rights} ON `{database}`.* TO '{name}'@'{host}'.",
    )


def _needed(step: Any) -> set[str]:
    called = set(_called(Path(step.revision.path), direction_of(step)))
    return {right for right, names in _NEEDS.items() if called.intersection(names)}


def _called(path: Path, function: str) -> Iterator[str]:
    """List the methods that a script's function calls unconditionally."""
    if path.suffix != ".py":
        return
    for node in ast.parse(path.read_bytes()).body:
        if isinstance(node, ast.FunctionDef) and node.name == function:
            for statement in node.body:
                if isinstance(statement, ast.Expr | ast.Assign | ast.With):
                    yield from _methods(statement)


def _methods(statement: ast.stmt) -> Iterator[str]:
    for node in ast.walk(statement):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.func.attr


def _is_denied(connection: sa.Connection, right: str) -> bool:
    """Try the right on a table that does not exist; a right on single tables counts as given."""
    try:
        connection.exec_driver_sql(PROBES[right].format(name=f"schema_lab_{uuid.uuid4().hex}"))
    except DBAPIError as error:
        number = error.orig.args[0] if error.orig is not None and error.orig.args else 0
        return number in DENIED and not _on_single_tables(connection, right)
    return False


def _on_single_tables(connection: sa.Connection, right: str) -> bool:
    found = sa.text(
        "SELECT COUNT(*) FROM information_schema.table_privileges"
        " WHERE table_schema = DATABASE() AND privilege_type = :right"
    )
    return bool(connection.scalar(found, {"right": right}))


ACCEPTED = "accepted_losses"
"""Name of the list in a revision that says which losses it intends."""

CURE = (
    "Create them again after the batch, or add, drop and rename columns with op.add_column, "
    "op.drop_column and op.alter_column outside of a batch, which copies nothing. "
    f'To accept the loss, write {ACCEPTED} = ["{{}}"] at the top of the revision. '
    "If the revision is not yours, accept the loss with lab.{}(accept_loss=[{}]); "
    f"{EVERY_LOSS!r} accepts every loss, also of other revisions."
)


class BatchGuard:
    """Compares a SQLite schema before and after each revision; changes nothing.

    Parameters
    ----------
    connection
        The migrating connection.
    accepted
        The losses that the caller accepts: as sentences, by the table, or all of them.
    """

    def __init__(self, connection: sa.Connection, accepted: frozenset[str] = frozenset()) -> None:
        self._connection, self._accepted = connection, accepted
        self._before: SchemaObjects | None = None
        self._dropped: set[str] = set()
        self._let_go: list[str] = []

    @property
    def notes(self) -> tuple[str, ...]:
        """Say what was lost because the caller accepts it."""
        if not self._let_go:
            return ()
        return (f"Rebuilt tables have lost, as accepted: {'; '.join(self._let_go)}.",)

    def begin(self, impl: Any) -> None:
        """Note the schema before a revision, and from now on what its batches drop.

        Parameters
        ----------
        impl
            Alembic's implementation of this run, through which each batch rebuilds its table.
        """
        self._before, self._dropped = SchemaObjects.of(self._connection), set()

        def prepare(batch: Any, table: sa.Table) -> None:
            self._dropped |= dropped_in_batch(batch, table)
            type(impl).prep_table_for_batch(impl, batch, table)

        impl.prep_table_for_batch = prepare

    def end(self, script: Any, direction: str, statements: Iterable[str]) -> None:
        """Compare the schema after a revision, inside its transaction.

        Parameters
        ----------
        script
            Alembic's script of the revision.
        direction
            "upgrade" or "downgrade".
        statements
            The SQL that the revision has run.

        Raises
        ------
        MigrationError
            Listing what would be lost.
        """
        statements = list(statements)
        dropped = dropped_by(statements)
        if self._before is None or not dropped["table"]:
            return
        names = self._dropped.union(*dropped.values())
        found = losses_between(self._before, SchemaObjects.of(self._connection), names)
        meant = {*getattr(script.module, ACCEPTED, ()), *meant_by(statements)}
        unmeant = [loss for loss in found if loss.sentence not in meant]
        lost = [loss for loss in unmeant if not self._accepts(loss)]
        if lost:
            owners = ", ".join(dict.fromkeys(f'"{loss.owner}"' for loss in lost))
            raise MigrationError(
                "it rebuilds a table, and these would be lost: "
                f"{'; '.join(loss.sentence for loss in lost)}.",
                CURE.format(lost[0].sentence, direction, owners),
            )
        self._let_go += [loss.sentence for loss in unmeant]

    def _accepts(self, loss: LostClause) -> bool:
        return not self._accepted.isdisjoint((EVERY_LOSS, loss.owner, loss.sentence))


def dropped_in_batch(batch: Any, table: sa.Table) -> set[str]:
    """Name the columns, indexes and constraints of a table that a batch has dropped from it.

    One that is created again under its name was dropped too: what it said before is meant to go.

    Parameters
    ----------
    batch
        Alembic's copy of the table, after the batch's operations; what they drop is not in it.
    table
        The table as it was read.
    """
    kept = {**batch.indexes, **batch.named_constraints}
    parts: list[Any] = [part for part in table.columns if part.name not in batch.columns]
    others: tuple[Any, ...] = (*table.indexes, *table.constraints)
    parts += [part for part in others if kept.get(part.name) is not part]
    return {str(part.name).lower() for part in parts if part.name}

"""A command of `alembic` that changes the database, with all that the lab does for its own."""

import logging
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from schema_lab.database import reflected_word_for_word
from schema_lab.history import (
    ChecksumFile,
    Standing,
    check_when_loaded,
    fresh_sources,
    refuse_damage,
)
from schema_lab.migrate.attempt import Attempt
from schema_lab.migrate.connection import ready
from schema_lab.migrate.failure import failure_of
from schema_lab.migrate.keeping import Keeper

LOCK_TIMEOUT = 60.0
"""Seconds that the command line waits for another migration."""


def run_command(context: Any) -> None:
    """Run Alembic's current command, in a transaction where the database can.

    Parameters
    ----------
    context
        The module `alembic.context`, configured.
    """
    with reflected_word_for_word(), context.begin_transaction():
        context.run_migrations()


class Change:
    """Stands around Alembic's own upgrade, downgrade or stamp.

    Parameters
    ----------
    context
        The module `alembic.context`, configured once, so that it knows its command.
    connection
        The connection that migrates.
    configure
        Configures the context again, with the hooks that it is given.
    ini
        The project's alembic.ini, beside which the checksums are kept.
    """

    def __init__(
        self,
        context: Any,
        connection: sa.Connection,
        configure: Callable[..., None],
        ini: Path,
    ) -> None:
        options = context.get_context().opts
        self._context, self._connection, self._configure = context, connection, configure
        self._command, self._purge = options["fn"], options.get("purge")
        self._file = ChecksumFile.of(ini, connection.engine.url)
        self._keeper = Keeper(self._file, stamped=self._purge is not None)
        self._attempt = Attempt(connection, resume=True, patience=LOCK_TIMEOUT)

    def run(self, url: sa.URL) -> None:
        """Run the command under the lock.

        Raises
        ------
        SchemaLabError
            When it is refused or fails; without the URL's secrets.
        """
        file = self._file
        check_when_loaded(self._context.script, lambda one: file.read().words(one) if file else "")
        with ready(self._connection, LOCK_TIMEOUT), fresh_sources():
            if self._attempt.journaling is not None:
                self._foresee()
            applied = (self._keeper.applied, self._attempt.applied)
            self._configure(
                fn=self._steps,
                on_version_apply=applied,
                dont_mutate=False,
                purge=bool(self._purge),
            )
            self._try(url)

    def _foresee(self) -> None:
        """Find the steps first: even an empty version table could not be undone."""
        self._configure(fn=self._look, dont_mutate=True, purge=False)
        run_command(self._context)
        self._connection.rollback()

    def _look(self, heads: Any, migration_context: Any) -> tuple[()]:
        self._refuse_damage(migration_context, heads)
        steps = self._command(() if self._purge else heads, migration_context)
        self._attempt.foresee(heads, steps)
        return ()

    def _steps(self, heads: Any, migration_context: Any) -> Iterable[Any]:
        self._keeper.scripts = migration_context.script
        self._refuse_damage(migration_context, heads)
        steps = self._command(heads, migration_context)
        return self._attempt.steps(migration_context, heads, steps)

    def _refuse_damage(self, migration_context: Any, heads: Any) -> None:
        if not self._keeper.stamped:
            known = self._file.read() if self._file else None
            refuse_damage(migration_context.script, heads, known)

    def _try(self, url: sa.URL) -> None:
        try:
            self._attempt.run(lambda: run_command(self._context))
        except (Exception, SystemExit) as error:
            failure = failure_of(error, self._attempt, url)
            if failure is None:
                raise
            raise failure from None
        finally:
            for note in self._keeper.keep(self._standing):
                logging.getLogger("schema_lab").warning(note)

    def _standing(self) -> Standing:
        try:
            return Standing.of(self._context.get_context())
        finally:
            self._connection.rollback()

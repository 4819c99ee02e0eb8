"""The lock that is held while an env.py runs, and how revision files are loaded under it."""

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType

import sqlalchemy as sa

from schema_lab.errors import MigrationError

_POLL = 0.1
"""Seconds between two checks of whether the holder waits for the user."""


class AlembicLock:
    """A lock that a thread may enter again, and that raises an error while its holder is paused."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._paused: tuple[int, sa.URL] | None = None

    def __enter__(self) -> None:
        while True:
            if self._paused is not None and self._paused[0] != threading.get_ident():
                raise _stepping()
            if self._lock.acquire(timeout=_POLL):
                return

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._lock.release()

    @contextmanager
    def paused(self, url: sa.URL) -> Iterator[None]:
        """Let the holder wait for the user; whoever asks for the lock meanwhile gets an error.

        Parameters
        ----------
        url
            The database that is being migrated.
        """
        self._paused = (threading.get_ident(), url)
        try:
            yield
        finally:
            self._paused = None

    def refuse_paused(self, url: sa.URL) -> None:
        """Refuse to read a database whose tables a paused migration may hold locked.

        Raises
        ------
        MigrationError
            When a migration of this database is being stepped through.
        """
        if self._paused is not None and self._paused[1] == url:
            raise _stepping()


def _stepping() -> MigrationError:
    return MigrationError(
        "A migration is being stepped through.",
        'Look with step.rows("…"), continue with next(steps), or stop with steps.close().',
    )


ALEMBIC_LOCK = AlembicLock()
"""Held while an env.py runs."""


@contextmanager
def fresh_sources() -> Iterator[None]:
    """Load revision files from their source, whatever lies in `__pycache__`.

    Otherwise a file that was rewritten in the same second at the same size would run its old code.
    One thread at a time, since these are settings of the interpreter.
    """
    with ALEMBIC_LOCK:
        before = sys.pycache_prefix, sys.dont_write_bytecode
        sys.pycache_prefix, sys.dont_write_bytecode = os.devnull, True  # no folder is below it
        try:
            yield
        finally:
            sys.pycache_prefix, sys.dont_write_bytecode = before

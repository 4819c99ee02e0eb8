"""One env.py runs at a time: Alembic's `op` and `context` are globals of the process."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType

import sqlalchemy as sa

from schema_lab.errors import MigrationError

_POLL = 0.1
"""Seconds between two looks at whether the holder waits for a person."""


class AlembicLock:
    """A lock that a thread may enter again, and that says so while its holder is paused."""

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
        """Let the holder wait for a person; whoever wants the lock meanwhile gets an error.

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
        'Look with step.rows("…"), go on with next(steps), or leave it with steps.close().',
    )


ALEMBIC_LOCK = AlembicLock()
"""Held while an env.py runs."""

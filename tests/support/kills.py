"""Kill this process at one of the points at which a migration leaves a trace on the server.

A **boundary** lies before the first such statement, and after each that was executed and each
commit that was made. Reading leaves no trace, so there is none after a SELECT.
"""

import os
import signal
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
from pymysql.connections import Connection
from pymysql.cursors import Cursor
from sqlalchemy import event
from sqlalchemy.engine.default import DefaultDialect

READS = ("SELECT", "SHOW", "PRAGMA", "SET", "DO", "RESET", "EXPLAIN")
PATCH = pytest.MonkeyPatch()
_passed = 0


def kill_at(boundary: int) -> Callable[[], None]:
    """Give what makes a process kill itself when it reaches the boundary of that number."""
    return partial(_arm, boundary)


def _arm(boundary: int) -> None:
    def passed(sql: str) -> None:
        global _passed  # noqa: PLW0603 - one count for the process
        if sql.lstrip().upper().startswith(READS):
            return
        _passed += 1
        if _passed == boundary:
            os.kill(os.getpid(), signal.SIGKILL)

    _watch_sqlalchemy(passed)
    _watch_pymysql(passed)


def kill_around(statement: str, *, after: bool) -> Callable[[], None]:
    """Give what makes a process kill itself right before or after a statement on MariaDB."""
    return partial(_arm_around, statement, after)


def _arm_around(statement: str, after: bool) -> None:
    execute = Cursor.execute

    def executed(self: Any, query: str, args: Any = None) -> Any:
        met = query.startswith(statement)
        result = execute(self, query, args) if after or not met else None
        if met:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    PATCH.setattr(Cursor, "execute", executed)


def _watch_sqlalchemy(passed: Callable[[str], None]) -> None:
    def after(connection: sa.Connection, cursor: Any, sql: str, *rest: Any) -> None:
        if connection.dialect.driver != "pymysql":
            passed(sql)

    event.listen(sa.Engine, "after_cursor_execute", after)
    commit: Callable[..., None] = DefaultDialect.do_commit

    def do_commit(self: Any, connection: Any) -> None:
        commit(self, connection)
        if self.driver != "pymysql":
            passed("COMMIT")

    PATCH.setattr(DefaultDialect, "do_commit", do_commit)


def _watch_pymysql(passed: Callable[[str], None]) -> None:
    """See also what goes past SQLAlchemy: the journal's own statements."""
    execute, commit = Cursor.execute, Connection.commit

    def executed(self: Any, query: str, args: Any = None) -> Any:
        result = execute(self, query, args)
        passed(query)
        return result

    def committed(self: Any) -> None:
        commit(self)
        passed("COMMIT")

    PATCH.setattr(Cursor, "execute", executed)
    PATCH.setattr(Connection, "commit", committed)

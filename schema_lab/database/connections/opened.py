"""The sessions and connections that a notebook has opened on the lab's engine.

A session that a cell leaves open keeps its locks, and a migration in the same process would wait
for it in vain. So the lab knows which of them are open, where they were opened and by which name,
and what they have not committed. The lab's own connections are not counted.
"""

import sys
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any
from weakref import ref

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

from schema_lab.database.connections.proxies import reported_session
from schema_lab.errors import LossError

_READS = ("SELECT", "SHOW", "PRAGMA", "EXPLAIN", "SET", "WITH", "VALUES", "DESCRIBE")
_LIBRARIES = ("site-packages", str(Path(threading.__file__).parent))


@dataclass(eq=False)
class Opened:
    """One connection that was opened outside of the lab, and what it has run since it began.

    Attributes
    ----------
    place
        Where it was opened, such as "In[4], line 2".
    thread
        The id of the thread that opened it.
    statements
        What ran in the open transaction.
    used
        When the last statement ran, in seconds of `time.monotonic`.
    """

    connection: "ref[sa.Connection]"
    place: str
    variables: Mapping[str, Any]
    thread: int
    statements: list[str] = field(default_factory=list)
    used: float = field(default_factory=time.monotonic)
    session: "ref[Session] | None" = None

    @property
    def is_open(self) -> bool:
        """Whether it has a transaction in which something ran."""
        connection = self.connection()
        if connection is None or connection.closed or connection.invalidated:
            return False
        return connection.in_transaction() and bool(self.statements)

    @property
    def name(self) -> str:
        """The variable that holds the session or the connection; "" where none is found."""
        held = [each() for each in (self.session, self.connection) if each is not None]
        found = (
            name
            for name, value in list(self.variables.items())
            if any(value is each for each in held if each is not None) and not name.startswith("_")
        )
        return next(found, "")

    @property
    def uncommitted(self) -> tuple[str, ...]:
        """The changes that closing would lose: statements, and objects that were not flushed."""
        written = [sql for sql in self.statements if not sql.lstrip().upper().startswith(_READS)]
        session = self.session() if self.session is not None else None
        if session is not None:
            kinds = (("new", session.new), ("changed", session.dirty), ("deleted", session.deleted))
            written += [f"{kind} {type(row).__name__}" for kind, rows in kinds for row in rows]
        return tuple(" ".join(sql.split())[:80] for sql in written)

    @property
    def backend(self) -> int | None:
        """The server's number of the connection; None where the driver does not say."""
        connection = self.connection()
        return None if connection is None else reported_session(connection)

    @property
    def can_end_by_itself(self) -> bool:
        """Whether another thread may still end it while this one waits."""
        return self.thread != threading.get_ident()

    def close(self) -> None:
        """Roll back and close the session, or the connection where no session holds it."""
        session = self.session() if self.session is not None else None
        connection = self.connection()
        if session is not None:
            session.close()
        if connection is not None and not connection.closed:
            connection.close()

    def __str__(self) -> str:
        kind = "session" if self.session is not None else "connection"
        named = f"`{self.name}`, opened" if self.name else "opened"
        return f"this program's own {kind} ({named} at {self.place})"


_OPENED: dict[sa.URL, list[Opened]] = {}


def track(engine: sa.Engine) -> sa.Engine:
    """Let the lab know what is opened on an engine outside of the lab, and give it back."""
    _OPENED.setdefault(engine.url, [])
    event.listen(engine, "engine_connect", _on_connect)
    return engine


def opened_on(url: sa.URL) -> tuple[Opened, ...]:
    """List the open transactions of sessions and connections outside of the lab."""
    known = _OPENED.get(url, [])
    known[:] = [each for each in known if each.connection() is not None]
    return tuple(each for each in known if each.is_open)


@dataclass(frozen=True)
class ClosedSessions:
    """What was closed, each as a sentence names it, and what it had not committed."""

    closed: tuple[str, ...]
    uncommitted: tuple[str, ...] = ()

    def __repr__(self) -> str:
        if not self.closed:
            return "No session is open."
        lost = "; ".join(self.uncommitted)
        rolled_back = f"\nRolled back: {lost}." if lost else ""
        return f"Closed {', '.join(self.closed)}.{rolled_back}"


def close_opened(url: sa.URL, *, accept_loss: bool = False) -> ClosedSessions:
    """Roll back and close what is open outside of the lab.

    Raises
    ------
    LossError
        When there are uncommitted changes, unless they are accepted; nothing is closed then.
    """
    opened = opened_on(url)
    lost = tuple(change for each in opened for change in each.uncommitted)
    if lost and not accept_loss:
        said = "; ".join(f"{each}: {', '.join(each.uncommitted)}" for each in opened)
        error = LossError(
            f"Closing would lose uncommitted changes of {said}.",
            "Commit them, or run `lab.close_sessions(accept_loss=True)`.",
        )
        error.names = tuple(each.name or each.place for each in opened if each.uncommitted)
        raise error
    for each in opened:
        each.close()
    return ClosedSessions(tuple(map(str, opened)), lost)


def _on_connect(connection: sa.Connection) -> None:
    frame = _opener(sys._getframe(1))
    known = _OPENED.get(connection.engine.url)
    if frame is None or known is None:
        return
    made = Opened(ref(connection), _place(frame), frame.f_globals, threading.get_ident())
    session = _session_in(sys._getframe(1))
    made.session = None if session is None else ref(session)
    known.append(made)

    def ran(connection: Any, cursor: Any, sql: str, *rest: Any) -> None:
        if not sql.startswith("BEGIN"):
            made.statements.append(sql)
        made.used = time.monotonic()

    def ended(connection: Any) -> None:
        made.statements.clear()

    event.listen(connection, "after_cursor_execute", ran)
    event.listen(connection, "commit", ended)
    event.listen(connection, "rollback", ended)


def _frames(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None:
        yield frame
        frame = frame.f_back


def _session_in(frame: FrameType) -> Session | None:
    """Give the session that connects; a listener on all sessions would be one on those of others.

    A session connects in a method of its transaction.
    """
    found = (outer.f_locals.get("self") for outer in _frames(frame))
    begun = next((each for each in found if isinstance(each, SessionTransaction)), None)
    return None if begun is None else begun.session


def _opener(frame: FrameType) -> FrameType | None:
    """Give the frame of the code that asked for a connection; None where that is the lab."""
    for outer in _frames(frame):
        module = str(outer.f_globals.get("__name__", ""))
        if module == __name__ or module.partition(".")[0] in ("sqlalchemy", "sqlmodel"):
            continue
        if module.partition(".")[0] == "schema_lab":
            return None
        if not any(part in outer.f_code.co_filename for part in _LIBRARIES):
            return outer
    return None


def _place(frame: FrameType) -> str:
    """Name a place in code: a cell by its number, a file by its name."""
    file = frame.f_code.co_filename
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    said = shell.compile.format_code_name(file) if shell is not None else None
    return f"{said[1] if said else Path(file).name}, line {frame.f_lineno}"

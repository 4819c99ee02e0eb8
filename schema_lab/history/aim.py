"""Which database a project's env.py goes to, and the connection that it makes ready for itself.

`chosen_url` runs env.py as a command would, up to the moment at which it would connect; nothing
connects. `take_over` runs it up to `context.configure()` and takes the connection over as env.py
left it: with its search_path, its role and what its listeners have set, and with those that listen
to its statements and errors. So the lab goes where the `alembic` command goes.
"""

import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import sqlalchemy as sa
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from sqlalchemy import event
from sqlalchemy.exc import SAWarning

PROBE = "schema_lab.probe"
"""Key in `config.attributes`: an env.py of the lab's own calls it with its URL."""

RunEnv = Callable[[Config, Callable[[EnvironmentContext], None]], None]
"""Run env.py online with a configuration; the function gets the context before env.py does."""


class _ReachedError(BaseException):
    """Ends env.py where enough is known; not an `Exception`, so that env.py does not catch it."""

    def __init__(self, url: sa.URL | None = None, *, ours: bool = False) -> None:
        self.url = url
        self.ours = ours


@dataclass(frozen=True)
class Choice:
    """The database that env.py chose; `ours` says that env.py asks the lab for it."""

    url: sa.URL | None
    ours: bool


def chosen_url(run_env: RunEnv, config: Config) -> Choice:
    """Find the database that env.py would connect to. Read-only: nothing connects.

    Parameters
    ----------
    run_env
        Runs env.py.
    config
        Alembic's configuration; env.py reads `sqlalchemy.url` in it, or has an address of its own.

    Raises
    ------
    Exception
        What env.py raises before it connects.
    """

    def ask(url: sa.URL) -> None:
        raise _ReachedError(url, ours=True)

    def configured(connection: sa.Connection | None, url: Any) -> None:
        if connection is not None:
            raise _ReachedError(_url_of(connection.engine))
        raise _ReachedError(None if url is None else sa.make_url(url))

    config.attributes[PROBE] = ask
    try:
        with _stopped_before_connecting():
            run_env(config, _at_configure(configured))
    except _ReachedError as reached:
        return Choice(reached.url or _url_in(reached.__traceback__), reached.ours)
    finally:
        del config.attributes[PROBE]
    return Choice(None, ours=False)


def _at_configure(
    note: Callable[[sa.Connection | None, Any], None],
) -> Callable[[EnvironmentContext], None]:
    """Call `note` with the connection and the URL that env.py hands to `context.configure`."""

    def intercept(context: EnvironmentContext) -> None:
        def configure(*args: Any, **keywords: Any) -> None:
            note(keywords.get("connection", args[0] if args else None), keywords.get("url"))

        context.configure = configure  # type: ignore[method-assign]

    return intercept


@contextmanager
def _stopped_before_connecting() -> Iterator[None]:
    """Stop whoever connects through SQLAlchemy in env.py's thread, before anything is opened."""
    here = threading.get_ident()

    def stop(dialect: Any, record: Any, arguments: Any, options: Any) -> None:
        if threading.get_ident() == here or threading.current_thread().name == "env.py":
            raise _ReachedError

    event.listen(sa.Engine, "do_connect", stop)
    try:
        yield
    finally:
        event.remove(sa.Engine, "do_connect", stop)


def _url_in(trace: TracebackType | None) -> sa.URL | None:
    """Find the engine that was about to connect among the frames that led there."""
    while trace is not None:
        for value in trace.tb_frame.f_locals.values():
            if isinstance(value, sa.Engine):
                return _url_of(value)
        trace = trace.tb_next
    return None


def _url_of(engine: sa.Engine) -> sa.URL:
    """Give an engine's URL with the driver that it uses, which a later default could change."""
    url = engine.url.set(drivername=f"{engine.dialect.name}+{engine.dialect.driver}")
    if engine.dialect.is_async and not url.get_dialect().is_async:  # psycopg is both
        return url.set(drivername=f"{url.drivername}_async")
    return url


_HEARD: dict[str, slice | None] = {
    "handle_error": None,
    "before_execute": slice(1, 4),
    "after_execute": None,
    "before_cursor_execute": slice(2, 4),
    "after_cursor_execute": None,
}
"""What is heard of statements, and what of its arguments a listener gives back to be run."""

_SCRIPT_RUNS: ContextVar[bool] = ContextVar("schema_lab_script_runs", default=False)


def hear_script(*, runs: bool) -> None:
    """Say whether a script runs now, which the listeners of env.py's engine hear.

    What the lab itself asks is none of their concern: an error that they translate would be
    another one than the lab expects.
    """
    _SCRIPT_RUNS.set(runs)


def _while_a_script_runs(name: str, listener: Callable[..., Any]) -> Callable[..., Any]:
    given_back = _HEARD[name]

    def heard(*given: Any) -> Any:
        if _SCRIPT_RUNS.get():
            return listener(*given)
        return None if given_back is None else given[given_back]

    return heard


@dataclass(frozen=True)
class Taken:
    """A connection of the driver's that env.py made ready, and what it does at each statement.

    `options` are the execution options that env.py gave it, such as schema_translate_map.
    `listeners` are those of env.py's engine, by the name of the event.
    """

    driver: Any
    options: dict[str, Any]
    listeners: tuple[tuple[str, Callable[..., Any]], ...]

    def hand_over(self, engine: sa.Engine) -> None:
        """Let another engine listen as env.py's does; a listener of every engine is there."""
        for name, listener in self.listeners:
            if listener not in _listening(engine, name):
                given = {} if _HEARD[name] is None else {"retval": True}
                event.listen(engine, name, _while_a_script_runs(name, listener), **given)


def _listening(engine: sa.Engine, name: str) -> list[Callable[..., Any]]:
    source: Any = engine.dialect if name == "handle_error" else engine
    return list(getattr(source.dispatch, name))


def take_over(run_env: RunEnv, config: Config, url: sa.URL) -> Taken | None:
    """Take the connection over that env.py has opened and made ready. Read-only.

    Parameters
    ----------
    run_env
        Runs env.py.
    config
        Alembic's configuration.
    url
        Where the connection has to lead; None is given where env.py goes elsewhere.

    """
    taken: list[Taken] = []
    restored: list[Callable[[], None]] = []

    def configured(connection: sa.Connection | None, _: Any) -> None:
        if connection is not None and is_same_place(connection.engine.url, url):
            options, theirs = dict(connection.get_execution_options()), connection.engine
            heard = tuple((name, each) for name in _HEARD for each in _listening(theirs, name))
            taken.append(Taken(_taken_over(connection, restored), options, heard))
        raise _ReachedError

    try:
        with warnings.catch_warnings():  # env.py may end its own transaction, which is committed
            warnings.filterwarnings("ignore", "transaction already deassociated", SAWarning)
            run_env(config, _at_configure(configured))
    except _ReachedError:
        pass
    finally:
        for restore in restored:
            restore()
    return taken[0] if taken else None


def is_same_place(left: sa.URL, right: sa.URL) -> bool:
    """Say whether two URLs lead to one database as one user, whatever driver they name.

    Examples
    --------
    >>> first = sa.make_url("postgresql+psycopg://ann@localhost/app")
    >>> is_same_place(first, sa.make_url("postgresql://ann@localhost:5432/app"))
    True
    """
    return _place(left) == _place(right)


def _place(url: sa.URL) -> tuple[object, ...]:
    name = "mysql" if url.get_backend_name() == "mariadb" else url.get_backend_name()
    if name == "sqlite":
        return name, str(Path(url.database or "").absolute())
    port = url.port or {"postgresql": 5432, "mysql": 3306}.get(name)
    return name, url.username, url.host, port, url.database


def _taken_over(connection: sa.Connection, restored: list[Callable[[], None]]) -> Any:
    """Keep a connection open that env.py closes as it ends; what it has begun is committed.

    SQLAlchemy closes a detached connection through its dialect, so the dialect at hand is told to
    leave this one alone until env.py has ended (seen with SQLAlchemy 2.0.38 to 2.1.9).
    """
    if connection.in_transaction():
        connection.commit()
    connection.detach()
    driver = connection.connection.dbapi_connection
    dialect: Any = connection.dialect
    for name in ("do_close", "do_terminate"):
        plain = getattr(dialect, name)

        def close(candidate: Any, plain: Callable[[Any], None] = plain) -> None:
            if candidate is not driver:
                plain(candidate)

        setattr(dialect, name, close)
        restored.append(lambda name=name: delattr(dialect, name))  # type: ignore[misc]
    return driver

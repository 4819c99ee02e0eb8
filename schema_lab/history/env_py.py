"""A project's env.py while it runs for the lab: its errors, its logging, its event loop.

What it raises before any migration is translated, with its line. An asynchronous env.py, as
`alembic init -t async` writes it, calls `asyncio.run`, which a notebook's running loop forbids: it
runs in a thread of its own. Its engine is never used, since the lab hands in its connection, but
needs an asynchronous driver.
"""

import ast
import asyncio
import logging
import logging.config
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import chdir, contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import sqlalchemy as sa
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy.exc import SQLAlchemyError

from schema_lab.errors import HistoryError, SchemaLabError
from schema_lab.history.sources import outdated
from schema_lab.history.translation import translate

_DRIVERS = {
    "sqlite": {"aiosqlite": "aiosqlite"},
    "postgresql": {"asyncpg": "asyncpg", "psycopg_async": "psycopg"},
    "mysql": {"aiomysql": "aiomysql", "asyncmy": "asyncmy"},
    "mariadb": {"aiomysql": "aiomysql", "asyncmy": "asyncmy"},
}


def is_asynchronous(env_py: Path) -> bool:
    """Say whether an env.py uses asyncio. Read-only."""
    return env_py.is_file() and "asyncio" in env_py.read_text(encoding="utf-8")


def asynchronous_url(url: sa.URL) -> sa.URL:
    """Give the URL with an asynchronous driver that is installed, or unchanged."""
    for driver, module in _DRIVERS.get(url.get_backend_name(), {}).items():
        if find_spec(module) is not None:
            return url.set(drivername=f"{url.get_backend_name()}+{driver}")
    return url


def run_env_py(scripts: ScriptDirectory) -> None:
    """Run a project's env.py; an asynchronous one where no event loop runs."""
    if is_asynchronous(Path(scripts.env_py_location)):
        outside_of_the_loop(scripts.run_env)
    else:
        scripts.run_env()


def outside_of_the_loop(run: Callable[[], None]) -> None:
    """Call a function where no event loop runs: here, or in a thread that this call waits for."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        run()
        return
    raised: list[BaseException] = []
    thread = threading.Thread(target=_catching, args=(run, raised), name="env.py")
    thread.start()
    try:
        thread.join()
    except KeyboardInterrupt:
        thread.join()  # what runs on the connection must end before the connection is closed
        raise
    if raised:
        raise raised[0]


@contextmanager
def in_a_temporary_folder() -> Iterator[None]:
    """Let what env.py writes into the working directory, such as `engine1.sql`, be removed."""
    with TemporaryDirectory(prefix="schema_lab_") as folder, chdir(folder):
        yield


def _catching(run: Callable[[], None], raised: list[BaseException]) -> None:
    try:
        run()
    except BaseException as error:  # noqa: BLE001 - raised again where it was called
        raised.append(error)


@contextmanager
def env_errors(env_py: Path, working: Callable[[], bool]) -> Iterator[None]:
    """Turn what env.py itself raises into a `HistoryError` that names the line.

    Parameters
    ----------
    env_py
        The file.
    working
        Says whether Alembic has begun to migrate; a later error comes from a revision.
    """
    try:
        yield
    except SyntaxError as error:
        raise translate(error) or error from None
    except (SchemaLabError, CommandError, SQLAlchemyError):
        raise
    except Exception as error:
        if working():
            raise
        raise HistoryError(
            f"{env_py}{_line(error, env_py)} raised {type(error).__name__}: {error}.",
            _cure_of(env_py),
        ) from None


def _cure_of(env_py: Path) -> str:
    if env_py.is_file() and "get_x_argument" in env_py.read_text(encoding="utf-8"):
        return (
            'env.py reads -x arguments. Pass what it needs: Lab(x=["tenant=a"]), '
            "or --x tenant=a on the command line."
        )
    edited = ", ".join(Path(path).name for path in outdated())
    if edited:
        return f"Restart the kernel if it needs the new {edited}: this process imported the old."
    return "Fix env.py, or what it imports; `alembic current` shows the whole traceback."


def _line(error: Exception, env_py: Path) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if Path(frame.filename) == env_py]
    return f", line {lines[-1]}," if lines else ""


def prepares_its_connection(env_py: Path) -> bool:
    """Say whether an env.py runs statements or sets options on a connection. Read-only."""
    tree = ast.parse(env_py.read_text(encoding="utf-8"))
    prepares = {"execute", "exec_driver_sql", "execution_options", "listen", "listens_for"}
    return any(isinstance(node, ast.Attribute) and node.attr in prepares for node in ast.walk(tree))


def _unless_in_env_py(plain: Callable[..., None]) -> Callable[..., None]:
    """Give a function of `logging.config` that does nothing when env.py itself calls it."""

    def configure(*args: Any, **keywords: Any) -> None:
        if Path(sys._getframe(1).f_code.co_filename).name != "env.py":
            plain(*args, **keywords)

    return configure


@contextmanager
def logging_untouched() -> Iterator[None]:
    """Leave logging as it is: fileConfig in env.py does nothing; each logger is restored.

    What env.py imports may configure loggers, as it would in any program, and rely on them.
    """
    manager = logging.Logger.manager
    loggers = [logging.root, *manager.loggerDict.values()]
    before = [
        (logger, logger.level, list(logger.handlers), logger.disabled, logger.propagate)
        for logger in loggers
        if isinstance(logger, logging.Logger)
    ]
    file_config, dict_config = logging.config.fileConfig, logging.config.dictConfig
    logging.config.fileConfig = _unless_in_env_py(file_config)
    logging.config.dictConfig = _unless_in_env_py(dict_config)
    try:
        yield
    finally:
        logging.config.fileConfig, logging.config.dictConfig = file_config, dict_config
        for logger, level, handlers, disabled, propagate in before:
            if logger.level != level:
                logger.setLevel(level)
            logger.handlers[:] = handlers
            logger.disabled, logger.propagate = disabled, propagate

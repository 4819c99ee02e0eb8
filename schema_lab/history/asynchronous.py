"""An env.py that is asynchronous, as `alembic init -t async` writes it.

It calls `asyncio.run`, which a notebook's running loop forbids; so it runs in a thread of its own.
Its engine is never used, since the lab hands in its connection, but needs an asynchronous driver.
"""

import asyncio
import threading
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import sqlalchemy as sa

_DRIVERS = {
    "sqlite": {"aiosqlite": "aiosqlite"},
    "postgresql": {"asyncpg": "asyncpg", "psycopg": "psycopg"},
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


def outside_of_the_loop(run: Callable[[], None]) -> None:
    """Call a function where no event loop runs: here, or in a thread that is waited for."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        run()
        return
    raised: list[BaseException] = []
    thread = threading.Thread(target=_noting, args=(run, raised), name="env.py")
    thread.start()
    try:
        thread.join()
    except KeyboardInterrupt:
        thread.join()  # what runs on the connection must end before the connection is closed
        raise
    if raised:
        raise raised[0]


def _noting(run: Callable[[], None], raised: list[BaseException]) -> None:
    try:
        run()
    except BaseException as error:  # noqa: BLE001 - raised again where it was called
        raised.append(error)

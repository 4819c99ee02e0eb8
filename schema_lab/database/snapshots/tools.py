"""A database's own programs: streams in and out, a progress bar, no secret among the arguments.

Small copies show no bar, so that a notebook reads the same each time.
"""

import os
import re
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import sqlalchemy as sa

from schema_lab.database.connections.awake import kept_awake
from schema_lab.database.urls import scrub
from schema_lab.errors import DatabaseError

SMALL = 5_000_000
"""Bytes up to which a copy shows no bar."""


@dataclass
class Bar:
    """Shows how many bytes are done, of how many (None: not known)."""

    title: str
    total: int | None = None
    _shown: Any = field(default=None, repr=False)

    def at(self, done: int) -> None:
        """Show that so many bytes are done."""
        if self._shown is None and (self.total or done) > SMALL:
            from tqdm.auto import tqdm

            self._shown = tqdm(desc=self.title, total=self.total, unit="B", unit_scale=True)
        if self._shown is not None:
            self._shown.update(done - self._shown.n)

    def close(self) -> None:
        """Leave the bar as it stands."""
        if self._shown is not None:
            self._shown.close()


@contextmanager
def bar(title: str, total: int | None = None) -> Iterator[Bar]:
    """Give a bar that is closed at the end."""
    shown = Bar(title, total)
    try:
        yield shown
    finally:
        shown.close()


def counted(pieces: Iterator[bytes], title: str, total: int | None = None) -> Iterator[bytes]:
    """Pass pieces on and show how many bytes have gone by."""
    done = 0
    with bar(title, total) as shown:
        for piece in pieces:
            yield piece
            done += len(piece)
            shown.at(done)


_PIECE = 1 << 16
_ERROR = re.compile(r"(?:^|: )(?:error|fatal)\b", re.IGNORECASE)
_PROGRAM = re.compile(r"^(?:[\w.-]+|psql:<stdin>:\d+): +(?=\S)")
_CURES = (
    (
        re.compile("lock timeout|Lock wait"),
        "Close the programs that read or write the database, then try again.",
    ),
    (re.compile("denied|must be owner"), "Ask the owner of the database for the missing right."),
)
_PLAIN_MESSAGES = {"LC_ALL": "C.UTF-8"}


@dataclass(frozen=True)
class Command:
    """A tool and its arguments; what no list of processes may show is in the environment.

    `beside` is the connection that waits while the tool runs, and is kept awake.
    """

    arguments: tuple[str, ...]
    environment: Mapping[str, str] = field(repr=False)
    url: sa.URL = field(repr=False)
    beside: sa.Connection = field(repr=False)

    @property
    def name(self) -> str:
        """The tool's name, without its folder."""
        return Path(self.arguments[0]).name


class ToolError(DatabaseError):
    """A tool ended with an error; `said` is all that it wrote."""

    said: str = ""


def output(command: Command) -> Iterator[bytes]:
    """Give what a tool writes, piece by piece.

    Raises
    ------
    ToolError
        At the end, when the tool says that it failed.
    """
    with _running(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        while piece := process.stdout.read(_PIECE):
            yield piece


def feed(command: Command, pieces: Iterator[bytes]) -> None:
    """Give a tool what it reads, piece by piece; it is killed when the pieces break off.

    Raises
    ------
    ToolError
        When the tool says that it failed.
    """
    with (
        _running(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as process,
        closing(pieces),  # type: ignore[type-var]  # every caller hands in a generator
    ):
        assert process.stdin is not None
        try:
            with suppress(BrokenPipeError):  # it has ended early, and its exit code says why
                for piece in pieces:
                    process.stdin.write(piece)
        finally:
            with suppress(BrokenPipeError):
                process.stdin.close()


def version_of(path: Path) -> str:
    """Give what a tool says of its version; empty when it does not run. Read-only."""
    with suppress(OSError):
        asked = subprocess.run(  # noqa: S603 - a path that we have found ourselves
            [path, "--version"], capture_output=True, text=True, check=False
        )
        return asked.stdout
    return ""


@contextmanager
def _running(command: Command, stdin: int, stdout: int) -> Iterator[subprocess.Popen[bytes]]:
    # Standard error goes to a file: a pipe that nobody reads would fill and stop the tool.
    with (
        kept_awake(command.beside),
        tempfile.TemporaryFile() as errors,
        subprocess.Popen(  # noqa: S603 - no shell, and a path that we have found ourselves
            command.arguments,
            env={**os.environ, **_PLAIN_MESSAGES, **command.environment},
            stdin=stdin,
            stdout=stdout,
            stderr=errors,
        ) as process,
    ):
        try:
            yield process
        except BaseException:
            process.kill()
            raise
        if process.wait() != 0:
            raise _failure(command, errors, process.returncode)


def _failure(command: Command, errors: IO[bytes], code: int) -> ToolError:
    errors.seek(0)
    said = scrub(errors.read().decode(errors="replace"), command.url)
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    line = next(filter(_ERROR.search, lines), lines[-1] if lines else f"exit code {code}")
    cures = (cure for pattern, cure in _CURES if pattern.search(line))
    error = ToolError(
        f"{command.name} failed: {_PROGRAM.sub('', line)[:300].rstrip('.')}.",
        next(cures, "Fix the cause named above, then try again."),
    )
    error.said = said
    return error

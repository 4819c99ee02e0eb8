"""Run a database's own tools: streams in and out, no secret among the arguments."""

import os
import re
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import sqlalchemy as sa

from schema_lab.database.masking import scrub
from schema_lab.errors import DatabaseError

_PIECE = 1 << 16
_ERROR = re.compile(r"(?:^|: )(?:error|fatal)\b", re.IGNORECASE)
_PROGRAM = re.compile(r"^(?:[\w.-]+|psql:<stdin>:\d+): +(?=\S)")
_CURES = (
    (re.compile("lock timeout|Lock wait"), "Close what reads or writes it, then try again."),
    (re.compile("denied|must be owner"), "Ask the owner of the database for the missing right."),
)
_PLAIN_MESSAGES = {"LC_ALL": "C.UTF-8"}


@dataclass(frozen=True)
class Command:
    """A tool and its arguments; what no list of processes may show is in the environment."""

    arguments: tuple[str, ...]
    environment: Mapping[str, str] = field(repr=False)
    url: sa.URL = field(repr=False)

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
        next(cures, "Mend what it names, then try again."),
    )
    error.said = said
    return error

"""The project's models as env.py names them now, read by a new Python interpreter. Read-only.

This process may have imported an older state of the project's files, which it cannot let go of. The
new interpreter runs env.py offline, as `project_metadata` does here, and notes each file of the
project before it is read; it ends with its answer.
"""

import json
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import sqlalchemy as sa

from schema_lab.compat.alembic_private import version_folders
from schema_lab.errors import HistoryError, SchemaLabError
from schema_lab.history.carried import Metadata, packed, unpacked
from schema_lab.history.current_state import project_metadata
from schema_lab.history.environment import Environment
from schema_lab.history.own_files import is_own
from schema_lab.history.project import Project
from schema_lab.history.sources import Sources, state_of

TIMEOUT = 120
"""Seconds that env.py may take to name the models."""

_PROGRAM = """
import json, sys
question = json.load(sys.stdin)
sys.path[:] = question["path"]
from schema_lab.history.fresh_models import answer
answer(question)
"""


@dataclass(frozen=True)
class Reading:
    """The models, and the files from which they come, as these were before they were read."""

    metadata: Metadata | None
    sources: Sources


def read_fresh(environment: Environment) -> Reading:
    """Read the models of a project in a new interpreter.

    Raises
    ------
    SchemaLabError
        When env.py or a module that it imports fails, or the models cannot be carried over.
    """
    question = {
        "ini": str(environment.project.ini),
        "engine": environment.project.engine,
        "url": environment.url.render_as_string(hide_password=False),
        "arguments": environment.arguments,
        "path": [path or os.getcwd() for path in sys.path],  # noqa: PTH109
    }
    try:
        run = subprocess.run(  # noqa: S603 - this interpreter, with a program of our own
            [sys.executable, "-c", _PROGRAM],
            input=json.dumps(question).encode(),
            capture_output=True,
            timeout=TIMEOUT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise HistoryError(
            f"env.py did not name the models within {TIMEOUT} seconds.", "See `alembic check`."
        ) from None
    if run.returncode:
        said = run.stderr.decode(errors="replace").strip().splitlines()
        raise HistoryError(
            f"A new interpreter cannot read the models: {said[-1] if said else run.returncode}.",
            "See `alembic check`.",
        )
    found = pickle.loads(run.stdout)  # noqa: S301 - it comes from our own process
    if "error" in found:
        raise HistoryError(*found["error"])
    return Reading(unpacked(found["models"]), found["sources"])


def answer(question: Mapping[str, Any]) -> None:
    """Write the answer to stdout: the new interpreter's part."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what the project prints is no answer
    environment = Environment(
        Project(Path(question["ini"]), question["engine"]),
        sa.make_url(question["url"]),
        arguments=tuple(question["arguments"]),
    )
    _write(answers, _answer_of(environment))


def _write(file: BinaryIO, value: Mapping[str, Any]) -> None:
    """Write the answer and end, without waiting for threads that the project has started."""
    with file:
        pickle.dump(value, file)
    sys.stderr.flush()
    os._exit(0)


def _answer_of(environment: Environment) -> Mapping[str, Any]:
    try:
        folders = [str(folder) for folder in version_folders(environment.project.scripts())]
        seen: dict[str, str] = {}
        _note_files(seen, [*folders, str(environment.project.root / ".schema_lab")])
        models = packed(project_metadata(environment))
    except SchemaLabError as error:
        return {"error": (error.fact, error.cure)}
    return {"models": models, "sources": seen}


def _note_files(seen: dict[str, str], without: list[str]) -> None:
    """Note each file and folder of the project from now on, before it is read for the first time.

    An audit hook stays for good, which is right here: this interpreter does nothing else.
    """
    busy = threading.local()

    def heard(name: str, arguments: tuple[Any, ...]) -> None:
        if name not in ("open", "os.listdir", "os.scandir") or getattr(busy, "now", False):
            return
        busy.now = True
        with suppress(Exception):
            for path in _paths(arguments, without):
                seen.setdefault(path, state_of(path))
        busy.now = False

    sys.addaudithook(heard)


def _paths(arguments: tuple[Any, ...], without: list[str]) -> Iterator[str]:
    """Give the path that is read, if it is the project's and not below one of some folders."""
    given, _, flags = (*arguments, None, None, None)[:3]
    if isinstance(given, str | os.PathLike) and not (flags or 0) & (os.O_WRONLY | os.O_RDWR):
        path = os.path.abspath(given)  # noqa: PTH100 - without links, as `is_own` compares
        apart = any(path == folder or path.startswith(folder + os.sep) for folder in without)
        if not apart and is_own(path) and not path.startswith(("/dev/", "/proc/", "/sys/")):
            yield path

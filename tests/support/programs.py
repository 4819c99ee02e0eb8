"""Programs as somebody types them, in processes that need not import everything first.

What they print, their exit code and what they do to files and databases is that of the program: a
child of the server in `processes` runs its entry point, with the arguments, folder and environment.
"""

import os
import runpy
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import alembic.config

from tests.support.processes import CONTEXT

Result = subprocess.CompletedProcess[str]


def ran(words: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Result:
    """Run a program to its end.

    Parameters
    ----------
    words
        "alembic", or "python" and a script or `-m` and a module; then the arguments.
    folder
        Its working directory.
    environment
        All of its environment.
    """
    with tempfile.TemporaryDirectory() as place:
        out, err = Path(place, "out"), Path(place, "err")
        out.touch()
        err.touch()
        inside = (tuple(words), folder, dict(environment), out, err)
        process = CONTEXT.Process(target=_inside, args=inside)
        process.start()
        process.join(120)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise subprocess.TimeoutExpired(list(words), 120, out.read_text(), err.read_text())
        return Result(list(words), process.exitcode, out.read_text(), err.read_text())


def _inside(
    words: tuple[str, ...], folder: Path, environment: dict[str, str], out: Path, err: Path
) -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.dup2(os.open(out, os.O_WRONLY), 1)
    os.dup2(os.open(err, os.O_WRONLY), 2)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    first = environment.get("PYTHONPATH", "").split(os.pathsep)
    sys.path[:] = [one for one in (*first, *sys.path) if one]
    program, *arguments = words
    if program == "alembic":
        sys.argv = ["alembic", *arguments]
        alembic.config.main()
    elif arguments[0] == "-m":
        sys.argv = arguments[1:]
        runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv = arguments
        sys.path.insert(0, str(Path(arguments[0]).parent.resolve()))
        runpy.run_path(arguments[0], run_name="__main__")

"""The programs beside JupyterLab that serve a notebook: Voilà's plain page, Notebook 7."""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from tests.browser.driving import ROOT, STARTED_WITHIN, free_port, stop
from tests.support.terminal import Terminal


@contextmanager
def make_page(folder: Path, url: str, *more: str) -> Iterator[str]:
    """Type `make page`, with variables, in a copy of the project; give the page's address."""
    root = Terminal.on_a_copy(folder / "project", url).root
    shutil.copy2(ROOT / "Makefile", root)
    shutil.copytree(ROOT / "examples", root / "examples")
    port = free_port()
    installed = ["--old-file", f"{sys.prefix}/.installed-lab", f"VENV={sys.prefix}"]
    command = ["make", "page", *installed, f"PORT={port}", "BROWSER=none", *more]
    for name in ("home", "tmp"):
        (folder / name).mkdir()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("MAKE")},
        "DATABASE_URL": url,
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
        "JUPYTER_DATA_DIR": str(folder / "home"),
        "JUPYTER_CONFIG_DIR": str(folder / "home"),
        "IPYTHONDIR": str(folder / "home"),
        "TMPDIR": str(folder / "tmp"),
    }
    address = f"http://127.0.0.1:{port}/"
    log = folder / "page.log"
    with served(command, root, environment, log, f"{address}static/nothing"):
        token = re.search(r"\?token=\w+", log.read_text(encoding="utf-8"))
        yield address + (token[0] if token else "")


@contextmanager
def served(
    command: Sequence[str], folder: Path, environment: dict[str, str], log: Path, answers: str
) -> Iterator[None]:
    """Run a server until the end of the block; it is there when `answers` answers anything."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            _wait(process, answers, log)
            yield
        finally:
            stop(process)


def _wait(process: "subprocess.Popen[bytes]", answers: str, log: Path) -> None:
    deadline = time.monotonic() + STARTED_WITHIN
    while process.poll() is None and time.monotonic() < deadline:
        try:
            urlopen(answers, timeout=10).close()  # noqa: S310 - loopback
        except HTTPError:
            return
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.3)
        else:
            return
    message = f"The server does not answer:\n{log.read_text(errors='replace')[-3000:]}"
    raise RuntimeError(message)

"""JupyterLab as a user meets it, on a free port of this machine, and a page that drives it."""

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

import nbformat
import psutil
from nbformat import NotebookNode, v4
from playwright.sync_api import Browser, Locator, Page, Playwright

ROOT = Path(__file__).parents[2]

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

_CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

_SETTINGS: Mapping[str, Mapping[str, object]] = {
    "apputils-extension/notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
        "doNotDisturbMode": True,
    },
}

_KERNEL_IS_IDLE = """() => {
    const kernel = window.jupyterapp.shell.currentWidget?.context?.sessionContext?.session?.kernel
    return kernel && kernel.connectionStatus === 'connected' && kernel.status === 'idle'
}"""

STARTED_WITHIN = 120
"""Seconds in which JupyterLab answers, a page is drawn or a kernel is ready."""


@dataclass(frozen=True)
class JupyterLab:
    """A running JupyterLab."""

    url: str
    token: str
    root: Path

    def write(self, name: str, cells: Sequence[str]) -> None:
        """Write a notebook of code cells into the folder that JupyterLab shows."""
        self.write_cells(name, [v4.new_code_cell(cell) for cell in cells])

    def write_cells(self, name: str, cells: Sequence[NotebookNode]) -> None:
        """Write a notebook of cells that may have outputs already; it is not trusted."""
        kernel = {"name": "python3", "display_name": "Python 3"}
        notebook = v4.new_notebook(metadata={"kernelspec": kernel}, cells=list(cells))
        nbformat.write(notebook, self.root / name)

    def open(self, page: Page, name: str, under: str = "doc/tree") -> None:
        """Open a notebook and wait until its kernel is ready; under "notebooks" in Notebook 7."""
        page.goto(f"{self.url}/{under}/{name}?token={self.token}", timeout=STARTED_WITHIN * 1000)
        page.wait_for_selector(".jp-NotebookPanel", timeout=STARTED_WITHIN * 1000)
        page.evaluate("() => window.jupyterapp.restored.then(() => true)")
        wait_for_kernel(page)

    def stop_kernels(self) -> None:
        """Stop every kernel, so that the next notebook meets none of an earlier one."""
        for session in json.loads(self.request("GET", "/api/sessions")):
            self.request("DELETE", f"/api/sessions/{session['id']}")

    def request(self, method: str, path: str) -> bytes:
        """Ask the server's REST interface."""
        headers = {"Authorization": f"token {self.token}"}
        request = Request(self.url + path, method=method, headers=headers)  # noqa: S310 - loopback
        with urlopen(request, timeout=30) as answer:  # noqa: S310 - loopback
            body: bytes = answer.read()
        return body


def wait_for_kernel(page: Page) -> None:
    """Wait until the kernel of the page's notebook is connected and idle."""
    page.wait_for_function(_KERNEL_IS_IDLE, timeout=STARTED_WITHIN * 1000)


def write_cell(page: Page, source: str) -> None:
    """Put a source into the notebook's first cell, without its output; run_all then runs it."""
    page.evaluate("() => window.jupyterapp.commands.execute('notebook:clear-all-cell-outputs')")
    page.evaluate(
        """source => window.jupyterapp.shell.currentWidget.content.widgets[0]
            .model.sharedModel.setSource(source)""",
        source,
    )


def run_all(page: Page) -> None:
    """Run every cell of the page's notebook."""
    page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-all-cells')")
    wait_for_kernel(page)


def press_through(page: Page, name: str) -> None:
    """Reach a button with Tab alone, and press Enter on it."""
    press_tab_to(page, page.get_by_role("button", name=name, exact=True))
    page.keyboard.press("Enter")


def press_tab_to(page: Page, target: Locator) -> None:
    """Reach a control with Tab alone."""
    for _ in range(40):
        if target.evaluate("control => control === document.activeElement"):
            return
        page.keyboard.press("Tab")
    message = f"Tab does not reach {target}"
    raise AssertionError(message)


def change_theme(page: Page, theme: str) -> None:
    """Change to "JupyterLab Light" or "JupyterLab Dark"."""
    page.evaluate(
        "theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})", theme
    )
    name = f"'{theme}'"
    page.wait_for_function(f"() => document.body.dataset.jpThemeName === {name}")


def launch(playwright: Playwright) -> Browser:
    """Start the Chromium of this machine."""
    return playwright.chromium.launch(
        executable_path=CHROMIUM, headless=True, args=_CHROMIUM_ARGUMENTS
    )


@contextmanager
def jupyterlab(folder: Path) -> Iterator[JupyterLab]:
    """Run JupyterLab in a process group of its own; all it writes stays in `folder`."""
    lab = JupyterLab(f"http://127.0.0.1:{free_port()}", secrets.token_hex(16), folder / "root")
    lab.root.mkdir(parents=True)
    with (folder / "jupyterlab.log").open("wb") as log:
        process = subprocess.Popen(
            _command(lab, folder),
            cwd=lab.root,
            env=_environment(lab, folder),
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            _wait_until_it_answers(lab, process, folder / "jupyterlab.log")
            yield lab
        finally:
            stop(process)


def _command(lab: JupyterLab, folder: Path) -> list[str]:
    config = folder / "config.py"
    config.write_text(
        f"c.ServerApp.ip = '127.0.0.1'\nc.ServerApp.port = {lab.url.rpartition(':')[2]}\n"
        "c.ServerApp.port_retries = 0\nc.ServerApp.open_browser = False\n"
        f"c.ServerApp.allow_root = True\nc.ServerApp.root_dir = {str(lab.root)!r}\n"
        "c.LabApp.expose_app_in_browser = c.JupyterNotebookApp.expose_app_in_browser = True\n"
        "c.LabApp.news_url = None\n"
        "c.LabApp.check_for_updates_class = 'jupyterlab.NeverCheckForUpdate'\n"
        "c.LabApp.extension_manager = 'readonly'\n"
    )
    return [sys.executable, "-m", "jupyterlab", "--config", str(config)]


def _environment(lab: JupyterLab, folder: Path) -> dict[str, str]:
    settings = folder / "settings"
    for name, values in _SETTINGS.items():
        path = settings / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values))
    temporary = folder / "tmp"
    temporary.mkdir()
    return os.environ | {
        "JUPYTER_TOKEN": lab.token,
        "JUPYTER_CONFIG_DIR": str(folder / "jupyter-config"),
        "JUPYTER_DATA_DIR": str(folder / "jupyter-data"),
        "JUPYTER_RUNTIME_DIR": str(folder / "jupyter-runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(settings),
        "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
        "IPYTHONDIR": str(folder / "ipython"),
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
        "TMPDIR": str(temporary),
    }


def _wait_until_it_answers(lab: JupyterLab, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + STARTED_WITHIN
    while process.poll() is None and time.monotonic() < deadline:
        try:
            lab.request("GET", "/api/status")
        except (URLError, ConnectionError):
            time.sleep(0.3)
        else:
            return
    message = f"JupyterLab does not answer:\n{log.read_text(errors='replace')[-3000:]}"
    raise RuntimeError(message)


def stop(process: "subprocess.Popen[bytes]") -> None:
    """Stop the server and what it started: each kernel has a process group of its own."""
    family = _family(process.pid)
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
    _, alive = psutil.wait_procs(family, timeout=15)
    for each in alive:
        each.kill()
    process.wait(timeout=15)


def _family(pid: int) -> list[psutil.Process]:
    try:
        parent = psutil.Process(pid)
        return [parent, *parent.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def free_port() -> int:
    """Give a port of this machine on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port

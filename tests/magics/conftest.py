"""A real IPython shell that has loaded the extension."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from IPython.core.completer import provisionalcompleter
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from traitlets.config import Config

from schema_lab import Lab
from tests.support.labs import opened, to_lose


@dataclass(frozen=True)
class Cell:
    """What a cell ended with, what it printed, and the error that it raised."""

    value: Any
    printed: str
    error: BaseException | None


@dataclass(frozen=True)
class Shell:
    """A shell, and the cells that a person runs in it."""

    ipython: InteractiveShell

    def run(self, source: str) -> Cell:
        """Run a cell."""
        with capture_output() as captured:
            result = self.ipython.run_cell(source)  # type: ignore[no-untyped-call] # IPython's
        printed = captured.stdout + captured.stderr
        return Cell(result.result, printed, result.error_in_exec or result.error_before_exec)

    def name(self, **values: object) -> None:
        """Give values names in the notebook."""
        self.ipython.push(values)  # type: ignore[no-untyped-call] # IPython's

    def value(self, source: str) -> Any:
        """Give what a cell ends with; it raises nothing."""
        cell = self.run(source)
        assert cell.error is None, cell.printed
        return cell.value

    def completions(self, line: str) -> set[str]:
        """List what Tab offers at the end of a line, as JupyterLab asks for it."""
        with provisionalcompleter():
            return {one.text for one in self.ipython.Completer.completions(line, len(line))}


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    """Start a shell with a profile of its own, which has run `%load_ext schema_lab`."""
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    settings = Config()
    settings.HistoryManager.enabled = False
    settings.InteractiveShell.colors = "nocolor"
    settings.Completer.use_jedi = False
    started = Shell(InteractiveShell.instance(config=settings))
    started.value("%load_ext schema_lab")
    yield started
    InteractiveShell.clear_instance()


@pytest.fixture
def lab(tmp_path: Path, database_url: str, shell: Shell) -> Lab:
    """Name a lab on an empty database to lose `lab` in the shell."""
    made = to_lose(opened(tmp_path, database_url))
    shell.name(lab=made)
    return made


@pytest.fixture
def scratch(shell: Shell) -> Lab:
    """Name a scratch lab `lab` in the shell."""
    shell.value("from schema_lab import Field, Lab\nlab = Lab.scratch()")
    made: Lab = shell.ipython.user_ns["lab"]
    return made


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder with no project in it or above it."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    monkeypatch.chdir(folder)
    assert not any((one / "alembic.ini").exists() for one in folder.parents)
    return folder

"""Which of a project's files count as changed since this process imported them."""

import time
from importlib import import_module
from pathlib import Path

import pytest

from schema_lab.history.sources import changed, imported_sources


@pytest.fixture
def package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Path:
    """Import a module from a folder that is older than this process is taken to be."""
    name = f"stock_of_{request.node.name}"
    folder = tmp_path / name
    folder.mkdir()
    (folder / "models.py").write_text("x = 1\n")
    began = time.time() + 2.1
    monkeypatch.setattr("schema_lab.history.sources._process_start", lambda: began)
    time.sleep(0.2)
    monkeypatch.syspath_prepend(tmp_path)
    import_module(f"{name}.models")
    return folder


def test_a_cache_that_python_writes_changes_no_folder(package: Path) -> None:
    """A folder in which Python has made `__pycache__` since then is as it was."""
    (package / "__pycache__").mkdir(exist_ok=True)
    assert str(package) not in changed(imported_sources())


def test_a_module_that_is_younger_than_the_process_changes_its_folder(package: Path) -> None:
    """A module that was added since then may be missing from what was imported."""
    (package / "more.py").write_text("x = 1\n")
    assert str(package) in changed(imported_sources())

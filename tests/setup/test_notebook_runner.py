"""scripts/notebooks.py stores outputs that do not change from run to run."""

from pathlib import Path

import nbformat
import pytest
from nbclient.exceptions import CellExecutionError

from scripts.notebooks import MachinePathError, store

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


def notebook(folder: Path, *sources: str) -> Path:
    """Write a notebook of code cells, with the random cell ids that an editor gives."""
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    path = folder / "walk.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return path


def test_two_runs_give_the_same_bytes(tmp_path: Path) -> None:
    """A second run of the same notebook, with other cell ids, writes the same file."""
    sources = ["print('one')\nprint('two')", "import ipywidgets; ipywidgets.IntSlider()", "1 + 1"]
    path = notebook(tmp_path, *sources)
    store(path)
    first = path.read_bytes()
    store(notebook(tmp_path, *sources))
    assert path.read_bytes() == first


def test_a_widget_is_stored_as_text(tmp_path: Path) -> None:
    """The state and the random id of a widget are left out; its text stays."""
    path = notebook(tmp_path, "import ipywidgets; ipywidgets.IntSlider(value=7)")
    store(path)
    stored = nbformat.read(path, as_version=4)
    assert "widgets" not in stored.metadata
    data = stored.cells[0].outputs[0].data
    assert WIDGET_VIEW not in data
    assert data["text/plain"] == "IntSlider(value=7)"


def test_a_run_leaves_no_trace_of_its_time_or_python(tmp_path: Path) -> None:
    """Neither timing nor the version of Python is stored."""
    path = notebook(tmp_path, "1 + 1")
    store(path)
    stored = nbformat.read(path, as_version=4)
    assert stored.cells[0].metadata == {}
    assert stored.metadata.kernelspec.name == "python3"
    assert "version" not in stored.metadata.language_info


def test_the_tags_of_a_cell_stay(tmp_path: Path) -> None:
    """A tag, such as nbval's raises-exception, is kept."""
    path = notebook(tmp_path, "1 / 0")
    edited = nbformat.read(path, as_version=4)
    edited.cells[0].metadata["tags"] = ["raises-exception"]
    nbformat.write(edited, path)
    store(path)
    assert nbformat.read(path, as_version=4).cells[0].metadata.tags == ["raises-exception"]


def test_an_output_that_names_this_machine_is_refused(tmp_path: Path) -> None:
    """A path of this machine in an output stops the run, and the file stays as it was."""
    path = notebook(tmp_path, "import sys; sys.prefix")
    before = path.read_bytes()
    with pytest.raises(MachinePathError, match="Cell 0 shows /"):
        store(path)
    assert path.read_bytes() == before


def test_a_failing_cell_stops_the_run(tmp_path: Path) -> None:
    """A cell that fails raises, and the file stays as it was."""
    path = notebook(tmp_path, "1 / 0")
    before = path.read_bytes()
    with pytest.raises(CellExecutionError, match="ZeroDivisionError"):
        store(path)
    assert path.read_bytes() == before

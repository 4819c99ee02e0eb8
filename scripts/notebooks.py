"""Run the notebooks without a browser and store their outputs anew: `python -m scripts.notebooks`.

The same sources give the same bytes on every machine, so that a difference in a stored output is a
difference in behaviour.
"""

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"

METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "pygments_lexer": "ipython3",
    },
}
CELL_METADATA = {"tags", "jupyter"}
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


class MachinePathError(Exception):
    """An output names a place on the machine that ran the notebook."""


def run(notebook: NotebookNode, folder: Path) -> None:
    """Execute every cell in a fresh kernel that works in `folder`. Changes `notebook` in memory.

    Raises
    ------
    nbclient.exceptions.CellExecutionError
        A cell failed; the outputs up to it are kept.
    """
    client = NotebookClient(
        notebook,
        kernel_name="python3",
        timeout=600,
        record_timing=False,
        store_widget_state=False,
        coalesce_streams=True,
        extra_arguments=["--IPKernelApp.log_level=ERROR"],
        resources={"metadata": {"path": str(folder)}},
    )
    with tempfile.TemporaryDirectory() as profile:  # a person's own IPython profile stays out
        client.execute(env={**os.environ, "IPYTHONDIR": profile})


def normalise(notebook: NotebookNode) -> None:
    """Drop what differs from run to run and from machine to machine. Changes `notebook`."""
    notebook.metadata = nbformat.from_dict(METADATA)
    notebook.nbformat_minor = 5
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number:02}"
        cell.metadata = {key: cell.metadata[key] for key in cell.metadata if key in CELL_METADATA}
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(WIDGET_VIEW, None)


def check_paths(notebook: NotebookNode) -> None:
    """Refuse outputs that name this checkout, this Python or the temporary folder. Read-only.

    Raises
    ------
    MachinePathError
        With the cell's number and the path.
    """
    machine = [str(ROOT), sys.prefix, tempfile.gettempdir()]
    for number, cell in enumerate(notebook.cells):
        for text in _strings(cell.get("outputs", [])):
            for path in machine:
                if path in text:
                    message = f"Cell {number} shows {path}: let it print no path of this machine."
                    raise MachinePathError(message)


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)


def store(path: Path) -> None:
    """Run the notebook at `path` and write it back with its outputs. Changes the file."""
    notebook = nbformat.read(path, as_version=4)
    run(notebook, path.parent)
    normalise(notebook)
    check_paths(notebook)
    nbformat.write(notebook, path)


def main(names: list[str]) -> None:
    """Store the named notebooks, or all of them."""
    for path in [Path(name) for name in names] or sorted(NOTEBOOKS.glob("*.ipynb")):
        print(f"Running {path.name}")
        store(path)


if __name__ == "__main__":
    main(sys.argv[1:])

"""Notebooks, taken apart and put together otherwise, and run in a kernel."""

import copy
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from scripts.notebooks import NOTEBOOKS, normalise, run
from tests.support.lacking import leave_out
from tests.support.needs import lacking

YOUR_TURN = "# your turn"
DONE = "✓ Well done."
NOT_YET = "Not yet: "


def every() -> list[Path]:
    """List the notebooks."""
    return sorted(NOTEBOOKS.glob("*.ipynb"))


def need_servers(path: Path) -> None:
    """Leave the test out where a server of the notebook is not there."""
    names, why = lacking(path.stem)
    if names:
        leave_out(names, why)


def read(path: Path) -> NotebookNode:
    """Read a notebook with its stored outputs."""
    notebook: NotebookNode = nbformat.read(path, as_version=4)
    return notebook


def sources(notebook: NotebookNode, kind: str) -> list[str]:
    """List the sources of all markdown or all code cells."""
    return [cell.source for cell in notebook.cells if cell.cell_type == kind]


def code(notebook: NotebookNode, word: str) -> str:
    """Find the one code cell that holds a word."""
    (found,) = [source for source in sources(notebook, "code") if word in source]
    return found


def outputs(cells: Iterable[NotebookNode]) -> list[list[dict[str, Any]]]:
    """Give what each code cell has shown, without its running number."""
    return [
        [{**output, "execution_count": None} for output in cell.outputs]
        for cell in cells
        if cell.cell_type == "code"
    ]


def ran(cells: Iterable[str | NotebookNode]) -> list[NotebookNode]:
    """Run cells, one after the other, in one fresh kernel, and give them with their outputs."""
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [
        nbformat.v4.new_code_cell(cell) if isinstance(cell, str) else copy.deepcopy(cell)
        for cell in cells
    ]
    run(notebook, NOTEBOOKS)
    normalise(notebook)
    return list(notebook.cells)


def said(cell: NotebookNode) -> str:
    """Give what a cell has printed."""
    return "".join(output.text for output in cell.outputs if output.output_type == "stream")

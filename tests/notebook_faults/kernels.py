"""Cells in a real kernel, with this checkout on its path."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nbclient import NotebookClient
from nbformat import NotebookNode, v4

REPOSITORY = Path(__file__).parents[2]


def run(*cells: str, url: str = "") -> NotebookNode:
    """Run cells in a fresh kernel that goes on after errors; give the notebook as it is saved."""
    with kernel(url) as client:
        for place, source in enumerate(cells):
            client.nb.cells.append(v4.new_code_cell(source))
            client.execute_cell(client.nb.cells[place], place)
        client.set_widgets_metadata()
        saved: NotebookNode = client.nb
    return saved


@contextmanager
def kernel(url: str = "") -> Iterator[NotebookClient]:
    """Start a kernel in which DATABASE_URL is set, if a URL is given."""
    client = NotebookClient(v4.new_notebook(), kernel_name="python3", allow_errors=True)
    given = {"DATABASE_URL": url} if url else {}
    with client.setup_kernel(env={**os.environ, "PYTHONPATH": str(REPOSITORY), **given}):
        yield client


def printed(cell: NotebookNode) -> str:
    """Give what a cell wrote to stdout and stderr."""
    return "".join(one.text for one in cell.outputs if one.output_type == "stream")


def errors(cell: NotebookNode) -> list[NotebookNode]:
    """Give the errors that a cell shows."""
    return [one for one in cell.outputs if one.output_type == "error"]


def sound(notebook: NotebookNode) -> bool:
    """Say whether no cell failed; a failure is shown."""
    assert [one.traceback for cell in notebook.cells for one in errors(cell)] == []
    return True

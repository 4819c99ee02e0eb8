"""Leaves out, on a user's machine, the notebooks whose servers are not there; CI requires them."""

import os
import tempfile

import pytest

from tests.support.lacking import all_required, reason
from tests.support.needs import lacking

# Kernels of two notebooks at once do not share a history, nor a person's own IPython profile.
_profile = tempfile.TemporaryDirectory(prefix="schema_lab_ipython_")
os.environ["IPYTHONDIR"] = _profile.name


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip each cell of a notebook that lacks a server, and say so; nobody starts its kernel."""
    cells = [item for item in items if item.path.suffix == ".ipynb"]
    without = {path: lacking(path.stem) for path in {cell.path for cell in cells}}
    for cell in cells:
        names, why = without[cell.path]
        if names and not all_required():
            cell.add_marker(pytest.mark.skip(reason=reason(names, why)))

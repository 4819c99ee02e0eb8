"""A notebook runs twice in one kernel, and shows what is stored."""

from pathlib import Path

import pytest

from tests.notebooks.kernels import every, need_servers, outputs, ran, read


@pytest.mark.parametrize("path", every(), ids=lambda path: path.stem)
def test_two_runs_in_one_kernel_show_what_is_stored(path: Path) -> None:
    """Run All, twice without a restart, gives the stored outputs both times.

    nbval passes over a cell whose outputs were never stored; this does not.
    """
    need_servers(path)
    stored = read(path)
    cells = ran([*stored.cells, *stored.cells])
    first, second = cells[: len(stored.cells)], cells[len(stored.cells) :]
    assert outputs(first) == outputs(stored.cells)
    assert outputs(second) == outputs(stored.cells)

"""The notebooks keep to one form, so that a reader knows their way about in each."""

import ast
import re
from pathlib import Path

import pytest

from scripts.notebooks import NOTEBOOKS
from tests.notebooks.kernels import read, sources

PATHS = sorted(NOTEBOOKS.glob("*.ipynb"))
every_notebook = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)


def heads(path: Path) -> list[str]:
    """List the headings of a notebook, with their marks."""
    text = "\n".join(sources(read(path), "markdown"))
    return re.findall(r"^#+ .+$", text, re.MULTILINE)


@every_notebook
def test_a_notebook_has_one_title_and_comes_first_with_it(path: Path) -> None:
    """The first cell is prose that begins with the only heading of the first rank."""
    first = read(path).cells[0]
    assert first.cell_type == "markdown"
    (title,) = [head for head in heads(path) if head.startswith("# ")]
    assert first.source.startswith(title)


@every_notebook
def test_a_notebook_begins_with_its_goals(path: Path) -> None:
    """The first cell lists at least three of them."""
    goals = re.findall(r"^(?:-|\d\.) ", read(path).cells[0].source, re.MULTILINE)
    assert len(goals) >= 3


@every_notebook
def test_a_notebook_has_a_recap_and_an_exercise(path: Path) -> None:
    """Both are there, and nothing but the two ends a notebook."""
    assert set(heads(path)[-2:]) == {"## Recap", "## Exercise"}


@every_notebook
def test_a_notebook_is_stored_as_it_ran(path: Path) -> None:
    """The code cells are numbered from 1 without a gap: all ran, in order, in one kernel."""
    counts = [cell.execution_count for cell in read(path).cells if cell.cell_type == "code"]
    assert counts == list(range(1, len(counts) + 1))


@every_notebook
def test_a_notebook_works_on_a_throwaway(path: Path) -> None:
    """Each lab in it is a scratch one, so that no reader's database is touched."""
    cells = sources(read(path), "code")
    trees = [ast.parse(re.sub(r"^%", "# %", source, flags=re.MULTILINE)) for source in cells]
    calls = [n.func for tree in trees for n in ast.walk(tree) if isinstance(n, ast.Call)]
    made = [ast.unparse(call) for call in calls if ast.unparse(call).startswith("Lab")]
    assert made
    assert set(made) == {"Lab.scratch"}


@every_notebook
def test_a_cell_is_short(path: Path) -> None:
    """Leaving models and files aside, a cell has at most ten lines of code."""
    for source in sources(read(path), "code"):
        plain = [line for line in source.splitlines() if line.strip()]
        if not any(word in source for word in ("class ", "write_text", "import ", "def ")):
            assert len(plain) <= 10

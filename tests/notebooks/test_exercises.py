"""Each exercise checks itself: not before it is done, and once it is."""

import re
from pathlib import Path

import pytest

from scripts.notebooks import NOTEBOOKS
from tests.notebooks.kernels import DONE, NOT_YET, YOUR_TURN, code, ran, read, said, sources

START = read(NOTEBOOKS / "00_start_here.ipynb")
STEPS = next(text for text in sources(START, "markdown") if "What to press" in text)
SOLVED = [NOTEBOOKS / "01_first_migration.ipynb", NOTEBOOKS / "02_history_and_undo.ipynb"]

FIRST_PRESSES = """
panel = lab.panel()
panel.message_box.value = "Create users and profiles"
panel.autogenerate_button.click()
panel.write_button.click()
panel.upgrade_button.click()
"""
# A panel follows the cells by itself only where a browser shows it: see tests/browser.
SECOND_PRESSES = """
panel.refresh_button.click()
print(panel.status_box.value)
panel.message_box.value = "Add bio"
panel.autogenerate_button.click()
panel.write_button.click()
panel.upgrade_button.click()
"""
LAST_PRESSES = """
panel.downgrade_button.click()
panel.confirm_tick.value = True
panel.downgrade_button.click()
print(lab.current()[0].id, lab.columns("user_profiles")["column"].tolist())
panel.upgrade_button.click()
print(lab.current()[0].id, panel.error_box.value)
"""


def in_steps(pattern: str) -> str:
    """Find what the table of steps names."""
    found = re.search(pattern, STEPS)
    assert found
    return found[1].replace("\\|", "|")


def edited(profile: str) -> str:
    """Add the line that the table of steps gives, below the one that it names."""
    line, above = in_steps(r"add the line `(bio: [^`]+)`"), in_steps(r"below `(\w+)`")
    return re.sub(rf"^(    {above}: .*)$", rf"\1\n    {line}", profile, flags=re.MULTILINE)


def test_the_steps_of_the_first_notebook_lead_to_their_end() -> None:
    """Pressing what the table says fulfils the exercise, and step 6 goes back and forth."""
    assert in_steps(r"type `(Create [^`]+)`") in FIRST_PRESSES
    assert in_steps(r"type `(Add [^`]+)`") in SECOND_PRESSES
    models = [source for source in sources(START, "code") if "panel" not in source][:-1]
    profile, check = code(START, "class UserProfile"), code(START, DONE)
    cells = [*models, FIRST_PRESSES, check, edited(profile), SECOND_PRESSES, check, LAST_PRESSES]
    *_, before, _, refreshed, after, back = ran(cells)
    assert said(before).startswith(NOT_YET)
    assert in_steps(r"automatically shows `(drift[^`]+)`") in said(refreshed)
    assert said(after).strip() == DONE
    assert said(back) == "0001 ['id', 'user_id', 'display_name']\n0002 \n"


@pytest.mark.parametrize("path", SOLVED, ids=lambda path: path.stem)
def test_the_solution_in_a_notebook_passes_its_check(path: Path) -> None:
    """The folded solution, put in the cell that waits for it, makes the check say so."""
    notebook = read(path)
    (solution,) = re.findall(
        r"<details>.*```python\n(.*?)```.*</details>",
        "\n".join(sources(notebook, "markdown")),
        re.DOTALL,
    )
    cells = [
        solution if source.startswith(YOUR_TURN) else source for source in sources(notebook, "code")
    ]
    assert solution in cells
    assert said(ran(cells)[-1]).strip() == DONE


@pytest.mark.parametrize("path", [NOTEBOOKS / "00_start_here.ipynb", *SOLVED], ids=lambda p: p.stem)
def test_an_exercise_that_is_not_done_says_so(path: Path) -> None:
    """As stored, the check of the exercise says what is missing."""
    cells = [cell for cell in read(path).cells if cell.cell_type == "code"]
    assert said(cells[-1]).startswith(NOT_YET)

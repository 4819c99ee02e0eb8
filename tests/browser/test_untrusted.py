"""A notebook from somebody else: JupyterLab strips styles and scripts from what it stores."""

from collections.abc import Iterator

import pytest
from nbformat import NotebookNode, v4
from playwright.sync_api import BrowserContext, Locator, expect

from schema_lab import views
from schema_lab.compare import Drift, Operation
from schema_lab.history import History, Revision
from tests.browser import looking
from tests.browser.driving import JupyterLab
from tests.browser.walking import CELL, lab_with_users, run_cell

pytestmark = pytest.mark.browser

EVIL = "<img src=x onerror=\"document.title='taken'\">"
DRIFT = Drift((Operation("+", f"add column users.{EVIL}", "add_column"),))
HISTORY = History((Revision("0001", "Create users", (), None, is_head=True, applied=True),))
CODE = "def upgrade() -> None:\n    op.drop_table('users')\n"


def stored(html: str) -> NotebookNode:
    """Make a cell with a stored output."""
    output = v4.new_output("display_data", data={"text/html": html, "text/plain": "plain"})
    cell: NotebookNode = v4.new_code_cell("", outputs=[output])
    return cell


@pytest.fixture(scope="module")
def outputs(jupyter: JupyterLab, browser: BrowserContext) -> Iterator[list[Locator]]:
    """Open a notebook that is not trusted: a drift, a history and code."""
    history = views.history.history_html(HISTORY)
    pages = [views.drift.drift_html(DRIFT), history, views.code.highlight(CODE)]
    jupyter.write_cells("untrusted.ipynb", [stored(page) for page in pages])
    page = browser.new_page()
    jupyter.open(page, "untrusted.ipynb")
    page.locator(".schema-lab").nth(2).wait_for()
    yield page.locator(".schema-lab").all()
    page.close()
    jupyter.stop_kernels()


def test_the_style_is_stripped(outputs: list[Locator]) -> None:
    """The notebook is untrusted indeed: no style sheet of ours is left."""
    assert sum(output.locator("style").count() for output in outputs) == 0


def test_it_can_be_shown_to_anyone(outputs: list[Locator]) -> None:
    """There is something to see, and axe-core finds nothing serious in it."""
    page = outputs[0].page
    looking.keep(outputs[1], "untrusted-history")
    assert looking.violations(page, ".schema-lab") == []


def test_a_drift_stays_readable(outputs: list[Locator]) -> None:
    """Symbol and sentence are there, without a bullet, and a hostile name is text."""
    assert f"+ add column users.{EVIL}" in outputs[0].inner_text()
    expect(outputs[0].locator("ul")).to_have_css("list-style-type", "none")
    expect(outputs[0].page).not_to_have_title("taken")


def test_a_history_stays_a_table(outputs: list[Locator]) -> None:
    """The revision stands in a row with its state in words."""
    row = outputs[1].locator("tbody tr").inner_text().split()
    assert row == ["0001", "base", "current", "head", "Create", "users"]


def test_code_keeps_its_lines(outputs: list[Locator]) -> None:
    """Code stands in its lines, in the editor's font."""
    pre = outputs[2].locator("pre")
    assert pre.inner_text() == CODE
    assert "mono" in pre.evaluate("pre => getComputedStyle(pre).fontFamily")


def test_a_panel_works_once_its_cell_is_run(jupyter: JupyterLab, browser: BrowserContext) -> None:
    """What was stored of a panel says where its buttons are; run, it has its style and its buttons.

    The other outputs of the notebook stay as they were, without theirs.
    """
    lab = lab_with_users("sqlite")
    source = CELL.format(url=lab.engine.url.render_as_string(), root=str(lab.root))
    words = v4.new_output("display_data", data=views.without_buttons.bundle("sqlite"))
    panel = v4.new_code_cell(source, outputs=[words])
    jupyter.write_cells("panel.ipynb", [stored(views.drift.drift_html(DRIFT)), panel])
    page = browser.new_page()
    try:
        jupyter.open(page, "panel.ipynb")
        expect(page.get_by_text("Run this cell in JupyterLab")).to_be_visible()
        looking.keep(page.locator(".schema-lab").last, "untrusted-panel")
        run_cell(page, 1)
        shown = page.locator(".sl-panel")
        expect(page.get_by_text("Run this cell in JupyterLab")).to_have_count(0)
        expect(shown.locator(".sl-badge").first).to_have_css("border-radius", "10px")
        page.get_by_role("button", name="Autogenerate", exact=True).click()
        expect(page.get_by_role("alert")).to_contain_text("The message is empty.")
        assert page.locator(".schema-lab:not(.sl-panel)").first.locator("style").count() == 0
    finally:
        page.close()
        jupyter.stop_kernels()

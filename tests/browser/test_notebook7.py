"""The panel in Notebook 7, which the same server offers."""

import pytest
from playwright.sync_api import BrowserContext

from tests.browser import looking
from tests.browser.driving import JupyterLab
from tests.browser.walking import add_plans, desk_of, walking

pytestmark = pytest.mark.browser


def test_a_person_upgrades_in_notebook_7(jupyter: JupyterLab, browser: BrowserContext) -> None:
    """Autogenerate, Write revision and Upgrade change the database there as well."""
    with desk_of(jupyter, browser, "notebooks") as desk, walking(desk) as walk:
        assert desk.page.locator(".jp-NotebookKernelLogo, #jp-NotebookLogo").count() > 0
        add_plans(walk)
        walk.press("Upgrade")
        walk.sees("✓ upgrade 0001 →")
        assert "plan" in walk.columns()
        looking.keep(walk.panel, "notebook-7")
        assert looking.overlaps(walk.panel) == []

"""JupyterLab and Chromium for the tests that look at the panel as a person does."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, sync_playwright

from tests.browser.driving import CHROMIUM, JupyterLab, jupyterlab, launch
from tests.browser.walking import Desk, Walk, add_plans, desk_of, walking
from tests.support.lacking import leave_out


@pytest.fixture(scope="session")
def jupyter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterLab]:
    """Give one JupyterLab for all tests; it is stopped after the last."""
    _need_chromium()
    with jupyterlab(tmp_path_factory.mktemp("jupyterlab")) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[BrowserContext]:
    """Give one Chromium for the tests of a file: while Playwright runs, no other loop can."""
    _need_chromium()
    with sync_playwright() as playwright:
        started = launch(playwright)
        yield started.new_context(viewport={"width": 900, "height": 1700})
        started.close()


@pytest.fixture(scope="module")
def desk(jupyter: JupyterLab, browser: BrowserContext) -> Iterator[Desk]:
    """Open one notebook for the tests of a file."""
    with desk_of(jupyter, browser) as opened:
        yield opened


@pytest.fixture
def walk(desk: Desk) -> Iterator[Walk]:
    """Show a panel whose models have one column more than the database."""
    with walking(desk) as opened:
        yield opened


@pytest.fixture(scope="module")
def shown(desk: Desk) -> Iterator[Walk]:
    """Show one panel for tests that only look: a candidate, its revision, a question."""
    with walking(desk) as opened:
        add_plans(opened)
        opened.press("Downgrade one")
        opened.sees("Downgrade one drops:")
        yield opened


def _need_chromium() -> None:
    if not CHROMIUM:
        leave_out(["the browser"], "Chromium is not on the PATH.")

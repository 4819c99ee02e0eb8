"""What a cell can end with, in the colours of VS Code's notebooks, for eyes and for contrast.

VS Code itself does not run here: the page has the variables that its themes set, and the two rules
of its own for tables and for code that reach into a display.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from playwright.sync_api import BrowserContext, Page

from tests.browser import looking
from tests.browser.contrast import faint
from tests.browser.test_displays import DISPLAYS, MODELS, TEXTS

pytestmark = pytest.mark.browser

THEMES: Mapping[str, Mapping[str, str]] = {
    "light": {
        "editor-foreground": "#3b3b3b",
        "editor-background": "#ffffff",
        "descriptionForeground": "#3b3b3b",
        "charts-green": "#388a34",
        "charts-red": "#e51400",
        "charts-yellow": "#bf8803",
        "charts-blue": "#0063d3",
        "list-warningForeground": "#855f00",
    },
    "dark": {
        "editor-foreground": "#cccccc",
        "editor-background": "#1f1f1f",
        "descriptionForeground": "#9d9d9d",
        "charts-green": "#89d185",
        "charts-red": "#f14c4c",
        "charts-yellow": "#cca700",
        "charts-blue": "#59a4f9",
        "list-warningForeground": "#cca700",
    },
    "high contrast light": {
        "editor-foreground": "#292929",
        "editor-background": "#ffffff",
        "descriptionForeground": "rgba(41, 41, 41, 0.7)",
        "charts-green": "#374e06",
        "charts-red": "#b5200d",
        "charts-yellow": "#895503",
        "charts-blue": "#0063d3",
    },
}
_RULES = """
    body { background: var(--vscode-editor-background); color: var(--vscode-editor-foreground) }
    thead { background-color: rgba(130, 130, 130, 0.16) }
    code { background-color: rgba(130, 130, 130, 0.3) }
"""


@pytest.fixture(scope="module")
def displays() -> str:
    """Make the HTML of each display, in this process."""
    shell: Any = InteractiveShell()  # type: ignore[no-untyped-call]  # IPython leaves it untyped
    shell.run_cell(MODELS).raise_error()
    return "".join(shell.run_cell(code).result._repr_html_() for code in DISPLAYS.values())


@pytest.fixture
def page(browser: BrowserContext) -> Iterator[Page]:
    """Open an empty page, which is high enough for all displays."""
    opened = browser.new_page()
    opened.set_viewport_size({"width": 900, "height": 5000})
    yield opened
    opened.close()


@pytest.mark.parametrize("theme", THEMES)
def test_every_display_can_be_read_in_vscode(page: Page, displays: str, theme: str) -> None:
    """In VS Code's own themes each text stands out from its ground by 4.5 to 1."""
    variables = "".join(f"--vscode-{name}: {value};" for name, value in THEMES[theme].items())
    page.set_content(f"<style>:root {{ {variables} }} {_RULES}</style>{displays}")
    looking.keep(page.locator("body"), f"vscode-{theme.replace(' ', '-')}")
    assert faint(page, TEXTS) == []

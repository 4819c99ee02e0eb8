"""Diagrams in JupyterLab: Mermaid takes every one of them, whatever stands in it, in each theme."""

from collections.abc import Iterator

import pytest
from nbformat import NotebookNode, v4
from playwright.sync_api import BrowserContext, Page

from schema_lab.database.diagrams import Diagram
from schema_lab.history import Graph
from schema_lab.views.plain import visible
from tests.browser.driving import JupyterLab, change_theme
from tests.diagrams.values import HOSTILE, SMALL, hostile, hostile_graph, many_tables

pytestmark = pytest.mark.browser

SHOWN: list[Diagram | Graph] = [SMALL, hostile(), hostile_graph(), many_tables(25)]
_WORDS = """() => [...document.querySelectorAll('.jp-RenderedMermaid img')].map(one => {
    const code = decodeURIComponent(one.src.slice(one.src.indexOf(',') + 1))
    return new DOMParser().parseFromString(code, 'image/svg+xml').documentElement.textContent
})"""
_FIRST = "() => document.querySelector('.jp-RenderedMermaid img').src"


def stored(one: Diagram | Graph) -> NotebookNode:
    """Make a cell with a stored diagram."""
    bundle = one._repr_mimebundle_()
    assert isinstance(bundle, dict)
    cell: NotebookNode = v4.new_code_cell("", outputs=[v4.new_output("display_data", data=bundle)])
    return cell


@pytest.fixture(scope="module")
def opened(jupyter: JupyterLab, browser: BrowserContext) -> Iterator[Page]:
    """Open a notebook, which is not trusted, with diagrams of every kind."""
    jupyter.write_cells("diagrams.ipynb", [stored(one) for one in SHOWN])
    page = browser.new_page()
    jupyter.open(page, "diagrams.ipynb")
    page.locator(".jp-RenderedMermaid img").nth(len(SHOWN) - 1).wait_for(timeout=60_000)
    yield page
    page.close()
    jupyter.stop_kernels()


def test_mermaid_draws_every_diagram(opened: Page) -> None:
    """No diagram collapses into an error, also in a notebook that is not trusted."""
    assert opened.locator(".jp-RenderedMermaid img").count() == len(SHOWN)
    assert opened.locator(".jp-RenderedMermaid.jp-mod-warning").count() == 0


def test_mermaid_shows_hostile_names_as_they_are(opened: Page) -> None:
    """[I3] Each name is read in the picture, letter by letter."""
    words = [one.replace("\u2060", "") for one in opened.evaluate(_WORDS)]
    for name in HOSTILE:
        assert visible(name) in words[1]
        assert visible(name) in words[2]


def test_a_diagram_follows_the_theme(
    opened: Page, jupyter: JupyterLab, browser: BrowserContext
) -> None:
    """Opened in the dark theme, Mermaid draws in other colours."""
    light = opened.evaluate(_FIRST)
    change_theme(opened, "JupyterLab Dark")
    page = browser.new_page()
    try:
        jupyter.open(page, "diagrams.ipynb")
        page.locator(".jp-RenderedMermaid img").first.wait_for(timeout=60_000)
        assert page.evaluate(_FIRST) != light
    finally:
        page.close()
        change_theme(opened, "JupyterLab Light")

"""Diagrams in JupyterLab: Mermaid takes every one of them, whatever stands in it, in each theme."""

from collections.abc import Iterator

import pytest
from nbformat import NotebookNode, v4
from playwright.sync_api import BrowserContext, Page

from schema_lab.history import Graph
from schema_lab.schema import Diagram
from schema_lab.views.plain import visible
from tests.browser import looking
from tests.browser.contrast import faint_in_picture
from tests.browser.driving import JupyterLab, change_theme
from tests.browser.reading import troubles
from tests.diagrams.values import (
    HOSTILE,
    MARKED,
    SMALL,
    SOME_HISTORY,
    hostile,
    hostile_graph,
    long_history,
    many_tables,
)

pytestmark = pytest.mark.browser

SHOWN: list[Diagram | Graph] = [
    SMALL,
    hostile(),
    hostile_graph(),
    many_tables(25),
    MARKED,
    SOME_HISTORY,
]
_WORDS = """() => [...document.querySelectorAll('.jp-RenderedMermaid img')].map(one => {
    const code = decodeURIComponent(one.src.slice(one.src.indexOf(',') + 1))
    return new DOMParser().parseFromString(code, 'image/svg+xml').documentElement.textContent
})"""
_CODES = """() => [...document.querySelectorAll('.jp-RenderedMermaid img')].map(
    one => decodeURIComponent(one.src.slice(one.src.indexOf(',') + 1)))"""
_PAPER = "() => getComputedStyle(document.querySelector('.jp-NotebookPanel')).backgroundColor"
_FIRST = "() => document.querySelector('.jp-RenderedMermaid img').src"


def stored(one: Diagram | Graph) -> NotebookNode:
    """Make a cell with a stored diagram."""
    bundle = one._repr_mimebundle_()
    assert isinstance(bundle, dict)
    cell: NotebookNode = v4.new_code_cell("", outputs=[v4.new_output("display_data", data=bundle)])
    return cell


@pytest.fixture(scope="module")
def opened(jupyter: JupyterLab, browser: BrowserContext) -> Iterator[Page]:
    """Open a notebook, which is not trusted, with diagrams of every kind, in the light theme."""
    jupyter.write_cells("diagrams.ipynb", [stored(one) for one in SHOWN])
    page = browser.new_page()
    jupyter.open(page, "diagrams.ipynb")
    change_theme(page, "JupyterLab Light")  # a test before may have left the dark one
    jupyter.open(page, "diagrams.ipynb")  # since a diagram keeps the colours it was drawn in
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


def test_what_mermaid_draws_has_contrast(opened: Page) -> None:
    """In the light theme each text stands out from what is behind it by 4.5 to 1."""
    looking.keep(opened.locator(".jp-RenderedMermaid").nth(4), "diagram-light")
    codes, paper = opened.evaluate(_CODES), opened.evaluate(_PAPER)
    assert [faint_in_picture(opened, code, paper) for code in codes] == [[]] * len(SHOWN)


@pytest.mark.parametrize("one", [SMALL, MARKED, SOME_HISTORY], ids=["plain", "marked", "graph"])
def test_our_own_picture_has_contrast(opened: Page, one: Diagram | Graph) -> None:
    """It stands on paper of its own, so it is the same in each theme."""
    assert faint_in_picture(opened, one.svg, "rgb(0, 0, 0)") == []


LARGE: dict[str, Diagram | Graph] = {
    "200 tables": many_tables(200),
    "500 revisions": Graph.of(long_history(500, 400)),
}


@pytest.mark.parametrize("name", LARGE)
def test_a_large_picture_can_be_read(browser: BrowserContext, name: str) -> None:
    """Of 200 tables and of 500 revisions no word covers another, and each stands out."""
    page = browser.new_page()
    page.set_viewport_size({"width": 3400, "height": 4300})
    page.set_content(f'<body style="background:#111"><div>{LARGE[name].svg}</div></body>')
    picture = page.locator("svg")
    looking.keep(picture, f"picture-of-{name.replace(' ', '-')}")
    assert troubles(picture) == []
    assert faint_in_picture(page, LARGE[name].svg, "rgb(0, 0, 0)") == []
    page.close()


def test_a_diagram_follows_the_theme(
    opened: Page, jupyter: JupyterLab, browser: BrowserContext
) -> None:
    """Opened in the dark theme, Mermaid draws in other colours, with contrast too."""
    light = opened.evaluate(_FIRST)
    change_theme(opened, "JupyterLab Dark")
    page = browser.new_page()
    try:
        jupyter.open(page, "diagrams.ipynb")
        page.locator(".jp-RenderedMermaid img").nth(len(SHOWN) - 1).wait_for(timeout=60_000)
        assert page.evaluate(_FIRST) != light
        looking.keep(page.locator(".jp-RenderedMermaid").nth(4), "diagram-dark")
        codes, paper = page.evaluate(_CODES), page.evaluate(_PAPER)
        faint = [faint_in_picture(page, code, paper) for code in codes]
        assert faint == [[]] * len(SHOWN)
    finally:
        page.close()
        change_theme(opened, "JupyterLab Light")

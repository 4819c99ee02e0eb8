"""A notebook exported to HTML keeps every display: diagrams as pictures, code, lists, tables.

Other viewers show the same: a display has text, and HTML or a picture that need no script, no file
and no program of ours.
"""

import re
from base64 import b64decode
from html import unescape
from pathlib import Path

import pytest
from nbconvert import HTMLExporter
from nbformat import NotebookNode, v4

from scripts.notebooks import run

FIRST = """
from schema_lab import Field, Lab

lab = Lab.scratch()

class Team(lab.Model, table=True):
    id: int | None = Field(default=None, primary_key=True)
    fullname: str

lab.autogenerate("Create teams").write()
run = lab.upgrade()
seeded = lab.seed(rows=3)

class Team(lab.Model, table=True):
    id: int | None = Field(default=None, primary_key=True)
    name: str

asking = lab.autogenerate("Rename")
candidate = lab.autogenerate("Rename").rename("team.fullname", "name")
"""
PICTURES = ["lab.diagram()", "lab.diagram('database')", "candidate.diagram()", "lab.graph()"]
PAGES = {
    "candidate": "def upgrade()",
    "candidate.answered": "drop_column",
    "candidate.diff()": "fullname",
    "candidate.review()": "sl-badge",
    "candidate.rehearse()": "Columns before → after",
    "lab": "no drift|drift: ",
    "lab.drift()": "drop column team.fullname",
    "lab.history()": "Create teams",
    "lab.rows('team')": "fullname",
    "lab.columns('team')": "primary key",
    "run": "✓ upgrade base → 0001",
    "seeded": "3 new rows in 1 table",
    "asking.questions": r"candidate\.rename",
    "candidate.questions": "✓ answered",
    "lab.snapshot('before the plan')": "before the plan",
    "lab.snapshots()": "before the plan",
    "lab.roundtrip()": "Up, down and up again",
    "steps = lab.step_through('base'); next(steps)": "DROP",
    "steps.close(); steps": "one statement at a time",
}


@pytest.fixture(scope="module")
def notebook(tmp_path_factory: pytest.TempPathFactory) -> NotebookNode:
    """Run a cell for each display."""
    cells = [FIRST, *PICTURES, *PAGES]
    made: NotebookNode = v4.new_notebook(cells=[v4.new_code_cell(one) for one in cells])
    run(made, tmp_path_factory.mktemp("exported"))
    return made


@pytest.fixture(scope="module")
def exported(notebook: NotebookNode, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Export the notebook."""
    body, _ = HTMLExporter(template_name="lab").from_notebook_node(notebook)
    Path(tmp_path_factory.getbasetemp(), "exported.html").write_text(body, encoding="utf-8")
    return str(body)


def outputs(exported: str) -> list[str]:
    """Give the outputs of the page."""
    return re.split(r'<div class="jp-OutputArea-child[^"]*"', exported)[1:]


def test_every_diagram_is_a_picture(exported: str) -> None:
    """Nbconvert takes our own SVG: as many pictures as cells that draw one."""
    inline = exported.count('<svg xmlns="http://www.w3.org/2000/svg" width=')
    coded = re.findall(r'src="data:image/svg\+xml;base64,([^"]+)"', exported)
    drawn = [one for one in coded if b"aria-label" in b64decode(one)]
    assert inline + len(drawn) == len(PICTURES)


@pytest.mark.parametrize("call", PAGES)
def test_every_display_is_there(exported: str, call: str) -> None:
    """Each display is found with words of its own, in the output of its cell."""
    place = len(PICTURES) + list(PAGES).index(call)
    assert re.search(PAGES[call], outputs(exported)[place])


def test_nothing_of_a_display_is_left_out(notebook: NotebookNode, exported: str) -> None:
    """What a page says stands in the export letter by letter: its code, its lists, its tables."""
    pages = [said(one["text/html"]) for one in bundles(notebook) if "text/html" in one]
    whole = said(exported)
    assert len(pages) == len(PAGES)
    assert [page for page in pages if page not in whole] == []


def test_each_program_finds_a_form_that_it_can_show(notebook: NotebookNode) -> None:
    """A display is text, with HTML or a diagram beside it, and never both of these."""
    for bundle in bundles(notebook):
        assert bundle["text/plain"]
        diagram = "image/svg+xml" in bundle
        assert diagram != ("text/html" in bundle)
        assert set(bundle) <= {"text/plain", "text/html", "text/vnd.mermaid", "image/svg+xml"}


def test_a_display_needs_no_script_and_nothing_from_elsewhere(notebook: NotebookNode) -> None:
    """VS Code, GitHub and a page in a mail show what JupyterLab shows."""
    for bundle in bundles(notebook):
        shown = bundle.get("text/html", "") + bundle.get("image/svg+xml", "")
        asked = re.findall(r"<script|<link|<iframe|\ssrc=|url\(|@import|\son\w+=", shown)
        assert asked == []
        addresses = set(re.findall(r"https?://[^\s\"'<)]+", shown))
        assert addresses <= {"http://www.w3.org/2000/svg"}


def test_a_colour_has_another_where_jupyterlab_is_not(notebook: NotebookNode) -> None:
    """Each variable of JupyterLab's theme has something in its place in other programs."""
    for bundle in bundles(notebook):
        assert re.findall(r"var\(--jp-[\w-]+\)", bundle.get("text/html", "")) == []


def said(page: str) -> str:
    """Give the words of a page, with the elements that hold code."""
    without = re.sub(r"<style.*?</style>|<(?!/?pre\b)[^>]*>", "", page, flags=re.DOTALL)
    return unescape(without)


def bundles(notebook: NotebookNode) -> list[dict[str, str]]:
    """Give the outputs of the cells."""
    found = [output for cell in notebook.cells[1:] for output in cell.outputs]
    return [{name: str(form) for name, form in one.data.items()} for one in found]


def test_every_block_of_code_is_there(exported: str) -> None:
    """A candidate's five blocks and its difference keep their lines."""
    place = len(PICTURES) + list(PAGES).index("candidate")
    there = outputs(exported)[place]
    assert there.count('<div class="highlight"><pre>') == 5
    assert there.count('<div class="highlight sl-diff"><pre>') == 1

"""A notebook exported to HTML keeps every display: diagrams as pictures, code, lists, tables."""

import re
from base64 import b64decode
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
lab.upgrade()

class Team(lab.Model, table=True):
    id: int | None = Field(default=None, primary_key=True)
    name: str

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
    "lab.columns('team')": "primary_key",
}


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Run a cell for each display, and export the notebook."""
    cells = [FIRST, *PICTURES, *PAGES]
    notebook: NotebookNode = v4.new_notebook(cells=[v4.new_code_cell(one) for one in cells])
    run(notebook, tmp_path_factory.mktemp("exported"))
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


def test_every_block_of_code_is_there(exported: str) -> None:
    """A candidate's five blocks and its difference keep their lines."""
    place = len(PICTURES) + list(PAGES).index("candidate")
    there = outputs(exported)[place]
    assert there.count('<div class="highlight"><pre>') == 5
    assert there.count('<div class="highlight sl-diff"><pre>') == 1

"""The first walkthrough without a browser: `python -m scripts.tour`.

Runs a copy of `notebooks/01_first_migration.ipynb`, prints what a reader sees, and writes it as one
HTML page that loads nothing from elsewhere.
"""

import re
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbclient.exceptions import CellExecutionError
from nbconvert import HTMLExporter
from nbformat import NotebookNode
from pygments import highlight
from pygments.formatters import TerminalFormatter
from pygments.lexers import PythonLexer

from scripts.notebooks import NOTEBOOKS, ROOT, normalise, run

WALK = NOTEBOOKS / "01_first_migration.ipynb"
PAGE = ROOT / "build" / "tour.html"

# JupyterLab's own page, without the scripts that it would load from a CDN.
TEMPLATE = """\
{% extends "lab/index.html.j2" %}
{% block html_head_js %}{% endblock %}
{% block jupyter_widgets %}{% endblock %}
{% block html_head_js_mathjax %}{% endblock %}
{% block html_head_js_mermaidjs %}{% endblock %}
"""
EXTERNAL = re.compile(
    r"""<(?:script|img|iframe|link|source|object|embed)\b[^>]*\b(?:src|href|data)\s*=\s*["']?(?:https?:)?//[^>]*"""
    r"""|\bimport\b[^;]*["'](?:https?:)?//[^;]*|\burl\(\s*["']?(?:https?:)?//[^)]*""",
    re.IGNORECASE,
)


def pieces(notebook: NotebookNode, *, colour: bool = False) -> Iterator[str]:
    """Each cell and each output as text for a terminal. Read-only."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            yield cell.source
            continue
        yield textwrap.indent(_code(cell.source, colour=colour), "  ┃ ")
        for output in cell.get("outputs", []):
            yield textwrap.indent(_output(output), "    ")


def _code(source: str, *, colour: bool) -> str:
    if not colour:
        return source
    return str(highlight(source, PythonLexer(), TerminalFormatter())).rstrip("\n")


def _output(output: NotebookNode) -> str:
    if output.output_type == "stream":
        return str(output.text).rstrip("\n")
    if output.output_type == "error":
        return f"{output.ename}: {output.evalue}"
    return str(output.data.get("text/plain", ""))


def page(notebook: NotebookNode) -> str:
    """Render the notebook as one HTML page. Read-only."""
    html, _ = HTMLExporter(raw_template=TEMPLATE, embed_images=True).from_notebook_node(
        notebook, {"metadata": {"name": "schema_lab: the first migration"}}
    )
    return str(html)


def external_requests(html: str) -> list[str]:
    """List what a browser would load from elsewhere while it shows the page. Read-only."""
    return [match.group(0) for match in EXTERNAL.finditer(html)]


def main(walk: Path = WALK, target: Path = PAGE) -> int:
    """Run the walkthrough, print it, write the page. Return 1 when a cell fails."""
    notebook = nbformat.read(walk, as_version=4)
    failure = ""
    try:
        run(notebook, walk.parent)
    except CellExecutionError as error:
        failure = f"A cell failed: {error.ename}: {error.evalue}"
    normalise(notebook)
    for piece in pieces(notebook, colour=sys.stdout.isatty()):
        print(piece, end="\n\n")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(page(notebook), encoding="utf-8")
    print(f"The same walk as a page: {target}")
    if failure:
        print(failure, file=sys.stderr)
    return 1 if failure else 0


if __name__ == "__main__":
    sys.exit(main())

"""What the documents say: their commands, snippets, links and tables."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import nbformat

REPOSITORY = Path(__file__).parents[2]
README = REPOSITORY / "README.md"
NOTEBOOKS = sorted((REPOSITORY / "notebooks").glob("*.ipynb"))
DOCUMENTS = [
    README,
    *(REPOSITORY / name for name in ("CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")),
    *sorted((REPOSITORY / "docs").rglob("*.md")),
]

SHELL = {"console", "bash", "sh"}
PROGRAMS = {"alembic", "conda", "docker-compose", "make", "pip", "python", "schema-lab", "source"}
"""A code span within a sentence is a command when it starts with one of these."""

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_PICTURE = re.compile(r'<(?:img|source)\b[^>]*\b(?:src|srcset)="([^"]+)"')
_BOLD = re.compile(r"\*\*([^*]+)\*\*")


@dataclass(frozen=True)
class Block:
    """A fenced block: its language and its text."""

    language: str
    text: str


@cache
def text_of(path: Path) -> str:
    """Give a document's text; of a notebook, its prose."""
    if path.suffix != ".ipynb":
        return path.read_text(encoding="utf-8")
    cells = nbformat.read(path, as_version=4).cells
    return "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def blocks(path: Path) -> list[Block]:
    """List the fenced blocks of a document."""
    return [Block(language, text) for language, text in _FENCE.findall(text_of(path))]


def spans(path: Path) -> list[str]:
    """List the code spans within the sentences and tables of a document."""
    return _SPAN.findall(_FENCE.sub("", text_of(path)))


def commands(path: Path) -> set[str]:
    """Collect the commands of a document: lines of shell blocks, and code spans."""
    shell = "\n".join(block.text for block in blocks(path) if block.language in SHELL)
    lines = {line.removeprefix("$ ").strip() for line in shell.splitlines()} - {""}
    return lines | {span for span in spans(path) if _is_command(span)}


def _is_command(span: str) -> bool:
    first, _, rest = span.partition(" ")
    return first in PROGRAMS and bool(rest)


def links(path: Path) -> list[str]:
    """List where the links and pictures of a document lead."""
    text = _FENCE.sub("", text_of(path))
    return [*_LINK.findall(text), *_PICTURE.findall(text)]


def pictures(path: Path) -> list[str]:
    """List the pictures of a document."""
    return _PICTURE.findall(text_of(path))


def rows(heading: str) -> list[list[str]]:
    """Give the cells of README's table under the given heads, as "a | b | c"."""
    table = text_of(README).split(f"| {heading} |\n", 1)[1].split("\n\n", 1)[0]
    lines = [line for line in table.splitlines() if not line.startswith("|--")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def codes(cell: str) -> list[str]:
    """List the code spans of one cell of a table."""
    return _SPAN.findall(cell)


def bolds(cell: str) -> list[str]:
    """List the bold words of one cell of a table."""
    return _BOLD.findall(cell)

"""How a difference of two texts looks: the lines that go and come, with what stands around them."""

# ruff: noqa: D102 - each member is documented by the value that has it

from collections.abc import Iterator
from difflib import unified_diff
from typing import Protocol

from schema_lab.views.html import escape, page
from schema_lab.views.plain import visible

SAME = "No difference."
_TONES = {"+": "sl-come", "-": "sl-gone", "@": "sl-muted"}


class DiffShape(Protocol):
    """Two texts, and what each of them is."""

    @property
    def before(self) -> str: ...
    @property
    def after(self) -> str: ...
    @property
    def was(self) -> str: ...
    @property
    def now(self) -> str: ...


def text(diff: DiffShape) -> str:
    """Say the difference as `diff -u` does."""
    return "\n".join(visible(line, keep="\t") for line in _lines(diff)) or SAME


def html(diff: DiffShape) -> str:
    """Show the difference with coloured lines; their signs stay."""
    return page(piece(diff))


def piece(diff: DiffShape) -> str:
    """Show the difference without its style, for a larger page."""
    lines = list(_lines(diff))
    if not lines:
        return f'<p class="sl-muted">{SAME}</p>'
    body = "\n".join(map(_line, lines))
    return f'<div class="highlight sl-diff"><pre>{body}</pre></div>'


def _lines(diff: DiffShape) -> Iterator[str]:
    before, after = diff.before.splitlines(), diff.after.splitlines()
    return unified_diff(before, after, diff.was, diff.now, lineterm="")


def _line(line: str) -> str:
    tone = _TONES.get(line[:1], "")
    return f'<span class="{tone}">{escape(line)}</span>' if tone else escape(line)

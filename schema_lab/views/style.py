"""The style sheets, and of them what a piece of HTML uses: a stored output stays small.

An untrusted notebook strips every sheet: symbols, headings and tables carry the meaning.
"""

import re
from functools import cache
from importlib.resources import files


def used_by(html: str) -> str:
    """Pick the rules of style.css whose classes and elements occur in `html`.

    Examples
    --------
    >>> "table" in used_by("<p>one</p>"), "table" in used_by("<table></table>")
    (False, True)
    """
    names = _names_in(html)
    picked = (
        f"{','.join(kept)}{{{body}}}"
        for selectors, body in _rules()
        if (kept := [s for s in selectors if _named_in(s) <= names])
    )
    return "".join(picked)


@cache
def whole() -> str:
    """Give both sheets: the panel changes what it shows, so it holds every rule."""
    return _sheet("style.css") + _sheet("panel.css")


@cache
def _rules() -> tuple[tuple[list[str], str], ...]:
    found = re.findall(r"([^{}]+)\{([^{}]*)\}", _sheet("style.css"))
    return tuple((selectors.split(","), body) for selectors, body in found)


def _sheet(name: str) -> str:
    """Read a sheet, without comments and without the space that only people need."""
    text = files("schema_lab.views").joinpath(name).read_text(encoding="utf-8")
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    text = re.sub(r"\s+", " ", text)
    return re.sub(r" ?([{};,>]) ?|(?<=:) ", r"\1", text).strip()


def _names_in(html: str) -> set[str]:
    """List the elements and classes that occur in HTML."""
    elements = re.findall(r"<(\w+)", html)
    classes = re.findall(r'class="([^"]*)"', html)
    return {"schema-lab", *elements, *(name for group in classes for name in group.split())}


def _named_in(selector: str) -> set[str]:
    """List the elements and classes that a selector needs."""
    return set(re.findall(r"[A-Za-z][\w-]*", re.sub(r":[\w-]+", "", selector)))

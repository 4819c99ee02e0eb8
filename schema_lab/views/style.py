"""The style sheets, and the rules of them that a piece of HTML uses.

Only those rules are stored with an output, so that it stays small. An untrusted notebook strips
every sheet: symbols, headings and tables carry the meaning.
"""

import re
from functools import cache
from importlib.resources import files

_TABS = "@supports selector(::details-content)"
_Rules = tuple[tuple[list[str], str], ...]


def used_by(html: str) -> str:
    """Pick the rules of style.css whose classes and elements occur in `html`.

    Examples
    --------
    >>> "table" in used_by("<p>1</p>"), "table" in used_by("<table></table>")
    (False, True)
    """
    plain, tabs = _rules()
    names = _names_in(html)
    picked = _picked(plain, names)
    more = _picked(tabs, names) if "sl-tabs" in names else ""
    return f"{picked}{_TABS}{{{more}}}" if more else picked


def _picked(rules: "_Rules", names: set[str]) -> str:
    return "".join(
        f"{','.join(kept)}{{{body}}}"
        for selectors, body in rules
        if (kept := [s for s in selectors if _named_in(s) <= names])
    )


@cache
def whole() -> str:
    """Give both sheets: the panel changes what it shows, so it holds every rule."""
    return _sheet("style.css") + _sheet("panel.css")


@cache
def _rules() -> "tuple[_Rules, _Rules]":
    """Give the rules of style.css: those for every browser, and those for browsers with tabs."""
    plain, _, rest = _sheet("style.css").partition(_TABS)
    return _read(plain), _read(rest[1:-1])


def _read(sheet: str) -> "_Rules":
    found = re.findall(r"([^{}]+)\{([^{}]*)\}", sheet)
    return tuple((selectors.split(","), body) for selectors, body in found)


def _sheet(name: str) -> str:
    """Read a sheet, without comments and without white space that browsers do not need."""
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
    return set(
        re.findall(r"[A-Za-z][\w-]*", re.sub(r":not\([^)]*\)|\[[^]]*\]|:[\w-]+", "", selector))
    )

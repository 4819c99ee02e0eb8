"""Pieces of SVG, drawn on a background of its own, so that it reads in every theme and in print.

A program shows an SVG as an image or puts it into its page. So it contains no style sheet and no
id, which would affect that page, and no variable, which an image does not receive.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from unicodedata import east_asian_width

from schema_lab.views.html import escape
from schema_lab.views.plain import visible

PAPER, INK, FAINT, LINE, HEAD = "#ffffff", "#1f2328", "#59636e", "#8c959f", "#eef1f5"
TONES = {"+": "#167031", "-": "#c21c2b", "~": "#8a5a00"}
LANES = ("#57606a", "#0969da", "#8250df", "#bf3989", "#1b7c83")
"""Colors for lines that run beside each other, so that an eye can follow each line."""
FONT = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"
SIZE, LETTER, MARGIN = 12.0, 7.3, 14.0
"""Pixels: the height of a letter, the width it takes, the white around a drawing."""


def picture(width: float, height: float, name: str, pieces: Iterable[str]) -> str:
    """Put pieces on a background; `name` is what a screen reader says."""
    wide, high = width + 2 * MARGIN, height + 2 * MARGIN
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_n(wide)}" height="{_n(high)}" '
        f'viewBox="0 0 {_n(wide)} {_n(high)}" role="img" aria-label="{escape(visible(name))}">'
        f'<rect x="0.5" y="0.5" width="{_n(wide - 1)}" height="{_n(high - 1)}" rx="6" '
        f'fill="{PAPER}" stroke="#d1d9e0"/>'
        f'<g transform="translate({_n(MARGIN)} {_n(MARGIN)})" font-family="{FONT}" '
        f'font-size="{_n(SIZE)}" fill="{INK}">{"".join(pieces)}</g></svg>'
    )


def text(x: float, y: float, words: object, **attributes: str) -> str:
    """Write words; spaces stay, and hostile characters are spelled out."""
    return (
        f'<text x="{_n(x)}" y="{_n(y)}" xml:space="preserve"{_attributes(attributes)}>'
        f"{escape(visible(words))}</text>"
    )


def box(x: float, y: float, width: float, height: float, **attributes: str) -> str:
    """Draw a rectangle."""
    return (
        f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}"'
        f"{_attributes(attributes)}/>"
    )


def dot(x: float, y: float, radius: float, **attributes: str) -> str:
    """Draw a circle."""
    return f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{_n(radius)}"{_attributes(attributes)}/>'


def path(steps: str, **attributes: str) -> str:
    """Draw a line that is not filled."""
    return f'<path d="{steps}" fill="none"{_attributes(attributes)}/>'


def curve(points: Sequence[tuple[float, float]]) -> str:
    """Draw a smooth line through points, horizontal at each of them."""
    steps = [f"M{_n(points[0][0])} {_n(points[0][1])}"]
    for (x, y), (to_x, to_y) in pairwise(points):
        if y == to_y:
            steps.append(f"H{_n(to_x)}")
            continue
        bend = (to_x - x) / 2
        steps.append(f"C{_n(x + bend)} {_n(y)} {_n(to_x - bend)} {_n(to_y)} {_n(to_x)} {_n(to_y)}")
    return "".join(steps)


def plumb(points: Sequence[tuple[float, float]]) -> str:
    """Draw a smooth line through points, vertical at each of them."""
    steps = [f"M{_n(points[0][0])} {_n(points[0][1])}"]
    for (x, y), (to_x, to_y) in pairwise(points):
        half = _n((y + to_y) / 2)
        steps.append(f"C{_n(x)} {half} {_n(to_x)} {half} {_n(to_x)} {_n(to_y)}")
    return "".join(steps)


def width_of(words: object) -> float:
    """Give the width of words in pixels."""
    shown = visible(words)
    return LETTER * sum(2 if east_asian_width(c) in "WF" else 1 for c in shown)


def cut(words: object, most: int) -> str:
    """Cut long words, with an ellipsis."""
    shown = visible(words)
    return shown if len(shown) <= most else shown[: most - 1] + "…"


def _attributes(attributes: dict[str, str]) -> str:
    return "".join(f' {k.replace("_", "-")}="{escape(v)}"' for k, v in attributes.items() if v)


def _n(number: float) -> str:
    """Spell a number with one decimal at most, the same on every machine."""
    return f"{number:.1f}".removesuffix(".0")

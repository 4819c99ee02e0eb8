"""The growth of the loop with the number of tables, as an SVG on two logarithmic axes."""

import math
from collections.abc import Iterable
from html import escape

from benchmarks.speed.goals import COMMAND, LAB, WARM, Figures

WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 680, 380, 70, 20, 190, 50
SIZES = (10, 100, 1000)
LOW, HIGH = -3, 2
"""Powers of ten of a second."""

DASHES = {"sqlite": "", "postgresql": "6 3", "mariadb": "2 3"}
COLOURS = {LAB: "#1a7f37", WARM: "#9a6700", COMMAND: "#cf222e"}


def growth(figures: Figures) -> str:
    """Draw the medians of the chain: a colour for who it is, a dash for the dialect."""
    parts = [*_axes()]
    for who, colour in COLOURS.items():
        for dialect, dash in DASHES.items():
            keys = {size: ("loop", dialect, "chain", str(size), who) for size in SIZES}
            points = [(n, figures[key].median) for n, key in keys.items() if key in figures]
            parts += _line(points, colour, dash)
    parts += _legend()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"'
        ' font-family="sans-serif" font-size="12" role="img">'
        "<title>Seconds from an edit to its candidate, by the number of tables</title>"
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>{"".join(parts)}</svg>\n'
    )


def _x(tables: float) -> float:
    span = math.log10(SIZES[-1] / SIZES[0])
    return LEFT + math.log10(tables / SIZES[0]) / span * (WIDTH - LEFT - RIGHT)


def _y(seconds: float) -> float:
    share = (HIGH - math.log10(seconds)) / (HIGH - LOW)
    return TOP + share * (HEIGHT - TOP - BOTTOM)


def _axes() -> Iterable[str]:
    right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM
    for power in range(LOW, HIGH + 1):
        y = _y(10**power)
        text = f"{10**power:g} s" if power >= 0 else f"{10 ** (power + 3):g} ms"
        yield f'<path d="M{LEFT} {y:.1f}H{right}" stroke="#d0d7de"/>'
        yield _text(LEFT - 8, y + 4, text, "end")
    for size in SIZES:
        yield _text(_x(size), bottom + 18, str(size), "middle")
    yield _text((LEFT + right) / 2, bottom + 38, "tables", "middle")


def _line(points: list[tuple[int, float]], colour: str, dash: str) -> Iterable[str]:
    places = [f"{_x(n):.1f} {_y(seconds):.1f}" for n, seconds in points]
    if places:
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        path = "L".join(places)
        yield f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"{dashes}/>'
    for place in places:
        x, y = place.split()
        yield f'<circle cx="{x}" cy="{y}" r="3" fill="{colour}"/>'


def _legend() -> Iterable[str]:
    x, y = WIDTH - RIGHT + 14, TOP + 10
    for name, colour in COLOURS.items():
        yield f'<path d="M{x} {y}h20" stroke="{colour}" stroke-width="2"/>'
        yield _text(x + 26, y + 4, name, "start")
        y += 20
    for name, dash in DASHES.items():
        yield f'<path d="M{x} {y}h20" stroke="#24292f" stroke-width="2" stroke-dasharray="{dash}"/>'
        yield _text(x + 26, y + 4, name, "start")
        y += 20


def _text(x: float, y: float, text: str, anchor: str) -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
    return f'<text {place} fill="#24292f">{escape(text)}</text>'

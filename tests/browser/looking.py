"""What a look at a page finds: nothing, a control over another, text too faint, axe's rules."""

from collections.abc import Mapping
from io import BytesIO
from itertools import combinations
from pathlib import Path

import axe_playwright_python
from PIL import Image, ImageStat
from playwright.sync_api import FloatRect, Locator, Page

from tests.browser.driving import ROOT

SCREENSHOTS = ROOT / "build" / "screenshots"
AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")

CONTROLS = "button, input, select, textarea, label, summary, .lm-TabBar-tab"

_RUN_AXE = """async selector => {
    const found = await axe.run({include: [selector]}, {resultTypes: ['violations']})
    return found.violations
        .filter(one => ['serious', 'critical'].includes(one.impact))
        .flatMap(one => one.nodes.map(node => `${one.id}: ${node.html.slice(0, 200)}`))
}"""


def keep(part: Locator, name: str) -> None:
    """Keep a screenshot in build/screenshots, and refuse one on which there is nothing to see."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    path = SCREENSHOTS / f"{name}.png"
    part.screenshot(path=path)
    with Image.open(path) as picture:
        assert is_filled(picture), f"{path} is empty"


def keep_each(page: Page, parts: Mapping[str, Locator]) -> None:
    """Keep a screenshot of each part, cut from one of the page: that takes a fraction of the time.

    The page has to be as high as all of them.
    """
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    with Image.open(BytesIO(page.screenshot())) as whole:
        for name, part in parts.items():
            box = part.bounding_box()
            assert box is not None
            right, bottom = box["x"] + box["width"], box["y"] + box["height"]
            picture = whole.crop((int(box["x"]), int(box["y"]), int(right), int(bottom)))
            picture.save(SCREENSHOTS / f"{name}.png")
            assert has_something(picture), f"{name} is empty"


def has_something(picture: Image.Image) -> bool:
    """Tell whether a picture shows more than its ground."""
    return ImageStat.Stat(picture.convert("L")).stddev[0] > 2


def is_filled(picture: Image.Image) -> bool:
    """Tell whether a picture shows more than its ground: many tones, and not all in one place."""
    grey = picture.convert("L")
    if max(grey.size) < 40:
        return False
    half = grey.height // 2
    halves = [grey.crop((0, 0, grey.width, half)), grey.crop((0, half, grey.width, grey.height))]
    return all(ImageStat.Stat(one).stddev[0] > 2 for one in halves)


def violations(page: Page, selector: str) -> list[str]:
    """List what axe-core finds serious or critical within the selector."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8") + "; true")
    found: list[str] = page.evaluate(_RUN_AXE, selector)
    return found


def boxes(part: Locator) -> list[FloatRect]:
    """Give the boxes of the controls that are shown."""
    controls = part.locator(CONTROLS).all()
    return [box for one in controls if one.is_visible() and (box := one.bounding_box())]


def sticking_out(part: Locator) -> list[FloatRect]:
    """List the controls that reach over the right edge of what holds them."""
    outer = part.bounding_box()
    assert outer is not None
    edge = outer["x"] + outer["width"]
    return [box for box in boxes(part) if box["x"] + box["width"] > edge + 1]


def overlaps(part: Locator) -> list[tuple[FloatRect, FloatRect]]:
    """List pairs of controls that cover each other, neither lying inside the other."""
    return [(a, b) for a, b in combinations(boxes(part), 2) if overlap(a, b)]


def overlap(a: FloatRect, b: FloatRect) -> bool:
    """Tell whether two boxes share more than an edge, neither lying inside the other."""
    left, right = max(a["x"], b["x"]), min(a["x"] + a["width"], b["x"] + b["width"])
    top, bottom = max(a["y"], b["y"]), min(a["y"] + a["height"], b["y"] + b["height"])
    return right - left > 1 and bottom - top > 1 and not (inside(a, b) or inside(b, a))


def inside(a: FloatRect, b: FloatRect) -> bool:
    """Tell whether box `a` lies in box `b`."""
    return (
        a["x"] >= b["x"]
        and a["y"] >= b["y"]
        and a["x"] + a["width"] <= b["x"] + b["width"]
        and a["y"] + a["height"] <= b["y"] + b["height"]
    )

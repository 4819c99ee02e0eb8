"""The panel as a person meets it: JupyterLab in a browser, a real database."""

from itertools import combinations

import pytest
import sqlalchemy as sa
from playwright.sync_api import FloatRect, expect

from tests.browser.driving import change_theme
from tests.browser.walking import Walk, add_plans

pytestmark = pytest.mark.browser

CONTRAST = """selector => {
    const channels = colour => {
        const canvas = Object.assign(document.createElement('canvas'), {width: 1, height: 1})
        const context = canvas.getContext('2d')
        context.fillStyle = colour
        context.fillRect(0, 0, 1, 1)
        return [...context.getImageData(0, 0, 1, 1).data]
    }
    const over = (upper, lower) => [0, 1, 2].map(
        i => upper[i] * upper[3] / 255 + lower[i] * (1 - upper[3] / 255))
    const luminance = colour => [0.2126, 0.7152, 0.0722].reduce((sum, weight, i) => {
        const c = colour[i] / 255
        return sum + weight * (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    }, 0)
    const ground = element => {
        const layers = []
        for (let e = element; e; e = e.parentElement)
            layers.unshift(channels(getComputedStyle(e).backgroundColor))
        return layers.reduce((lower, upper) => over(upper, lower), [255, 255, 255])
    }
    return [...document.querySelectorAll(selector)].filter(e => e.offsetParent).map(element => {
        const below = ground(element)
        const ink = over(channels(getComputedStyle(element).color), below)
        const [light, dark] = [luminance(ink), luminance(below)].sort((a, b) => b - a)
        return [element.textContent, (light + 0.05) / (dark + 0.05)]
    })
}"""

TEXTS = ".sl-panel :is(.sl-badge, .sl-symbol, li, td, th, p, .highlight span, .sl-heading)"


def test_a_person_walks_from_drift_to_upgrade_and_back(walk: Walk) -> None:
    """Autogenerate, Write revision, Upgrade, Downgrade one change the real database."""
    walk.sees("add column users.plan VARCHAR(20)")
    add_plans(walk)
    assert "plan" not in walk.columns()
    walk.press("Upgrade")
    walk.sees("✓ upgrade 0001 →")
    assert "plan" in walk.columns()
    assert len(walk.lab.history()) == 2
    walk.press("Downgrade one")
    walk.page.get_by_label("Drop column users.plan with 0 values").check()
    walk.press("Downgrade one")
    walk.sees("✓ downgrade")
    assert "plan" not in walk.columns()
    assert walk.version() == ["0001"]


def test_a_double_click_in_the_browser_runs_once(walk: Walk) -> None:
    """C5: a double click on Upgrade one runs one of two pending revisions."""
    walk.lab.downgrade("base")
    walk.lab.revision("Second")
    walk.press("Refresh")
    walk.sees("2 pending")
    walk.page.get_by_role("button", name="Upgrade one").dblclick(delay=20)
    walk.sees("✓ upgrade base → 0001")
    walk.page.wait_for_timeout(1500)
    assert walk.version() == ["0001"]


def test_a_destructive_step_waits_for_its_tick(walk: Walk) -> None:
    """Without the tick nothing happens, and Cancel takes the question away."""
    with walk.lab.engine.begin() as connection:
        connection.execute(sa.text("INSERT INTO users (email) VALUES ('ada@example.org')"))
    walk.press("Downgrade one")
    tick = walk.page.get_by_label("Drop table users with 1 row")
    expect(tick).not_to_be_checked()
    walk.press("Downgrade one")
    walk.press("Cancel")
    expect(tick).to_be_hidden()
    assert walk.version() == ["0001"]


def test_an_error_is_shown_where_the_button_is(walk: Walk) -> None:
    """Autogenerate without a message says the fact and the cure in an alert."""
    walk.press("Autogenerate")
    expect(walk.page.get_by_role("alert")).to_contain_text("message")


def test_the_keyboard_alone_writes_a_revision(walk: Walk) -> None:
    """Tab and Enter lead from the message to a written revision."""
    walk.page.get_by_label("Message").focus()
    walk.page.keyboard.type("Add plans")
    walk.page.keyboard.press("Tab")
    walk.page.keyboard.press("Enter")
    walk.sees("Candidate: Add plans")
    write = walk.page.get_by_role("button", name="Write revision")
    while not write.evaluate("button => button === document.activeElement"):
        walk.page.keyboard.press("Tab")
    walk.page.keyboard.press("Enter")
    walk.sees("✓ written")
    assert len(walk.lab.history()) == 2


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_every_text_has_contrast(shown: Walk, theme: str) -> None:
    """In both themes each text stands out from its ground by 4.5 to 1."""
    change_theme(shown.page, theme)
    ratios = shown.page.evaluate(CONTRAST, TEXTS)
    assert len(ratios) > 20
    assert [(text, ratio) for text, ratio in ratios if ratio < 4.5] == []


@pytest.mark.parametrize("width", [900, 480])
def test_no_control_covers_another(shown: Walk, width: int) -> None:
    """At full and at narrow width the controls lie beside or below each other, inside."""
    shown.page.set_viewport_size({"width": width, "height": 1600})
    panel = shown.page.locator(".sl-panel")
    controls = panel.locator("button, input, select, label, .lm-TabBar-tab").all()
    boxes = [box for one in controls if one.is_visible() and (box := one.bounding_box())]
    outer = panel.bounding_box()
    assert outer is not None
    assert len(boxes) > 12
    assert [b for b in boxes if b["x"] + b["width"] > outer["x"] + outer["width"]] == []
    assert [(a, b) for a, b in combinations(boxes, 2) if overlap(a, b)] == []


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

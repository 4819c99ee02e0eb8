"""How the panel looks: both themes, wide and narrow, for eyes and for axe-core."""

import pytest

from tests.browser import looking
from tests.browser.contrast import faint
from tests.browser.driving import change_theme
from tests.browser.reading import troubles
from tests.browser.walking import Walk

pytestmark = pytest.mark.browser

TEXTS = ".sl-panel :is(.sl-badge, .sl-symbol, li, td, th, p, .highlight span, .sl-heading)"


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_every_text_has_contrast(shown: Walk, theme: str) -> None:
    """In both themes each text stands out from its ground by 4.5 to 1."""
    change_theme(shown.page, f"JupyterLab {theme}")
    looking.keep(shown.panel, f"panel-{theme.lower()}")
    assert faint(shown.page, TEXTS) == []


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_axe_finds_nothing_serious(shown: Walk, theme: str) -> None:
    """Within our markup axe-core reports no serious and no critical violation."""
    change_theme(shown.page, f"JupyterLab {theme}")
    assert looking.violations(shown.page, ".sl-panel") == []


_LINES = """panel => [...panel.querySelectorAll('.highlight')].filter(e => e.offsetParent)
    .map(box => {
        const pre = box.querySelector('pre'), style = getComputedStyle(pre)
        const room = pre.clientHeight - parseFloat(style.paddingTop) * 2
        const lines = pre.textContent.trimEnd().split('\\n').length
        const broken = Math.round(room / parseFloat(style.lineHeight)) - lines
        return [broken, box.scrollWidth > box.clientWidth, getComputedStyle(box).overflowX]
    })"""


def test_a_long_line_of_code_scrolls_in_its_own_box(shown: Walk) -> None:
    """At 480 pixels no line of code is broken or cut: its box scrolls, and the panel does not."""
    shown.page.set_viewport_size({"width": 480, "height": 1600})
    boxes = shown.panel.evaluate(_LINES)
    assert {broken for broken, _, _ in boxes} == {0}
    assert [how for _, scrolls, how in boxes if scrolls] == ["auto", "auto"]
    assert troubles(shown.panel) == []
    assert looking.violations(shown.page, ".sl-panel") == []


def test_history_and_refresh_stay_side_by_side(shown: Walk) -> None:
    """At 480 pixels both stand below the status, in one row."""
    shown.page.set_viewport_size({"width": 480, "height": 1600})
    named = [shown.page.get_by_role("button", name=name) for name in ("History", "Refresh")]
    tops = {one.evaluate("button => button.getBoundingClientRect().top") for one in named}
    assert len(tops) == 1


@pytest.mark.parametrize("width", [1400, 900, 480])
def test_no_control_covers_another(shown: Walk, width: int) -> None:
    """At each width the controls lie beside or below each other, inside the panel."""
    shown.page.set_viewport_size({"width": width, "height": 1600})
    looking.keep(shown.panel, f"panel-at-{width}")
    assert len(looking.boxes(shown.panel)) > 12
    assert looking.sticking_out(shown.panel) == []
    assert looking.overlaps(shown.panel) == []
    assert troubles(shown.panel) == []

"""How the panel looks: both themes, wide and narrow, for eyes and for axe-core."""

import pytest

from tests.browser import looking
from tests.browser.contrast import faint
from tests.browser.driving import change_theme
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


@pytest.mark.parametrize("width", [1400, 900, 480])
def test_no_control_covers_another(shown: Walk, width: int) -> None:
    """At each width the controls lie beside or below each other, inside the panel."""
    shown.page.set_viewport_size({"width": width, "height": 1600})
    looking.keep(shown.panel, f"panel-at-{width}")
    assert len(looking.boxes(shown.panel)) > 12
    assert looking.sticking_out(shown.panel) == []
    assert looking.overlaps(shown.panel) == []

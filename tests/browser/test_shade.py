"""What goes on to the right is shaded there, and nothing else is."""

from collections.abc import Iterator
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Locator, Page

from schema_lab import views
from schema_lab.views.rows import Head, Look

pytestmark = pytest.mark.browser

WHITE = (255, 255, 255)
LOOKS = [
    Look((Head("i" * narrow), Head("m" * wide)), ((1, 2),))
    for narrow in range(1, 6)
    for wide in (1, 3, 5)
]
"""Tables of many widths, few of which are whole pixels."""


@pytest.fixture
def page(browser: BrowserContext) -> Iterator[Page]:
    """Open an empty page on a screen of one and a half pixels to a point."""
    assert browser.browser is not None
    context = browser.browser.new_context(device_scale_factor=1.5)
    yield context.new_page()
    context.close()


def show(page: Page, looks: list[Look]) -> list[Locator]:
    """Show each look as the before and after of a table."""
    body = "".join(views.rows.before_after_piece("users", look, look) for look in looks)
    sheet = views.style.whole()
    page.set_content(f'<div class="schema-lab"><style>{sheet}</style>{body}</div>')
    return page.locator(".sl-scroll").all()


def edge(table: Locator) -> set[object]:
    """Collect the colours of the last four pixels of a table's first lines."""
    shot = Image.open(BytesIO(table.screenshot())).convert("RGB")
    return {shot.getpixel((shot.width - place, 4)) for place in (1, 2, 3, 4)}


def test_a_table_that_fits_has_no_shade(page: Page) -> None:
    """Wherever its right edge falls between two pixels, the paper stays white."""
    tables = show(page, LOOKS)
    assert len(tables) == 2 * len(LOOKS)
    assert [edge(table) for table in tables if edge(table) != {WHITE}] == []


def test_a_table_that_goes_on_is_shaded(page: Page) -> None:
    """Of a table wider than the page a shade says that there is more."""
    before, _ = show(page, [Look(tuple(Head("column" * 5) for _ in range(20)), ())])
    assert edge(before) != {WHITE}

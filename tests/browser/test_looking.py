"""The looks that the browser's tests take see what they are there to see."""

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext

from tests.browser import looking
from tests.browser.reading import troubles

pytestmark = pytest.mark.browser

FLAWED = """<html lang="en"><body><main>
<button style="position:absolute;left:0;top:0;width:90px">One</button>
<button style="position:absolute;left:50px;top:5px;width:90px"></button>
</main></body></html>"""


def test_axe_and_the_overlap_find_flaws(browser: BrowserContext) -> None:
    """A button without a name is a violation, and two that cover each other are a pair."""
    page = browser.new_page()
    page.set_content(FLAWED)
    assert [one.split(":")[0] for one in looking.violations(page, "main")] == ["button-name"]
    assert len(looking.overlaps(page.locator("body"))) == 1
    page.close()


TEXTS = """<div id="one" style="width:200px; height:60px">
<p style="margin:0">A line <b style="position:absolute; left:20px; top:10px">under another</b></p>
<pre style="margin:0">{line}</pre></div>
<div id="two" style="width:200px"><pre style="overflow-x:auto">{line}</pre><p>below</p></div>"""


def test_texts_out_of_their_place_are_found(browser: BrowserContext) -> None:
    """A text over another and one that leaves its box are found; one that scrolls is not."""
    page = browser.new_page()
    page.set_content(TEXTS.format(line="op.add_column() " * 20))
    kinds = {one.split(":")[0] for one in troubles(page.locator("#one"))}
    assert kinds == {"out", "over", "wide"}
    assert troubles(page.locator("#two")) == []
    page.close()


def test_an_empty_picture_is_seen() -> None:
    """A picture of one colour, and one whose lower half is bare, are not filled."""
    bare = Image.new("RGB", (200, 200), "white")
    assert not looking.is_filled(bare)
    assert not looking.has_something(bare)
    bare.paste(Image.effect_noise((200, 90), 90), (0, 0))
    assert not looking.is_filled(bare)
    bare.paste(Image.effect_noise((200, 90), 90), (0, 105))
    assert looking.is_filled(bare)

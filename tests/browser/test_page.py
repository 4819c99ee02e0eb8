"""`make page`: the panel as a plain page of Voilà, for who only presses Upgrade."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, expect

from schema_lab import Lab
from tests.browser import looking
from tests.browser.driving import STARTED_WITHIN
from tests.browser.serving import make_page

pytestmark = pytest.mark.browser


def test_a_colleague_presses_upgrade_on_a_plain_page(
    browser: BrowserContext, tmp_path: Path
) -> None:
    """The page shows no code, asks this machine alone, and Upgrade leads to the newest revision."""
    url = f"sqlite:///{tmp_path / 'app.db'}"
    asked: set[str] = set()
    with make_page(tmp_path, url) as address:
        page = browser.new_page()
        page.on("request", lambda request: asked.add(urlsplit(request.url).netloc))
        page.goto(address, timeout=STARTED_WITHIN * 1000)
        panel = page.locator(".sl-panel")
        panel.wait_for(timeout=STARTED_WITHIN * 1000)
        expect(page).to_have_title("schema_lab: migrations")
        assert "lab.panel()" not in page.content()
        page.get_by_role("button", name="Upgrade", exact=True).click()
        expect(panel.get_by_text("✓ upgrade").first).to_be_visible(timeout=60_000)
        looking.keep(page.locator("body"), "page-of-voila")
        assert looking.sticking_out(panel) == []
        assert looking.violations(page, "body") == []
        page.close()
    assert asked - {""} == {urlsplit(address).netloc}
    lab = Lab(url, config=tmp_path / "project")
    assert [one.is_head for one in lab.current()] == [True]

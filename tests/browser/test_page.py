"""`make page`: the panel as a plain page of Voilà, for who only presses Upgrade."""

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from schema_lab import Lab
from tests.browser import looking
from tests.browser.driving import STARTED_WITHIN
from tests.browser.serving import make_page

pytestmark = pytest.mark.browser


@contextmanager
def opened(browser: BrowserContext, address: str) -> Iterator[tuple[Page, set[str]]]:
    """Open a page with a panel; give it, and the places that it asks."""
    page, asked = browser.new_page(), set[str]()
    page.on("request", lambda request: asked.add(urlsplit(request.url).netloc))
    page.goto(address, timeout=STARTED_WITHIN * 1000)
    page.locator(".sl-panel").wait_for(timeout=STARTED_WITHIN * 1000)
    yield page, asked
    page.close()
    asked.discard("")  # of what stands in the page itself


def answer(address: str, host: str = "") -> tuple[int, str]:
    """Ask for a page as another program does, under the name of a host; follow redirects."""
    request = Request(address, headers={"Host": host} if host else {})  # noqa: S310 - loopback
    try:
        with urlopen(request, timeout=STARTED_WITHIN) as found:  # noqa: S310 - loopback
            return found.status, found.read().decode()
    except HTTPError as error:
        return error.code, error.read().decode()


def test_a_page_that_is_not_asked_with_its_token_is_closed(tmp_path: Path) -> None:
    """Without the token there is no panel, under another host's name no page, never a traceback."""
    with make_page(tmp_path, f"sqlite:///{tmp_path / 'app.db'}") as address:
        assert "?token=" in address
        assert answer(address, host="evil.example")[0] == HTTPStatus.FORBIDDEN
        _, text = answer(address.partition("?")[0])
        assert "Password or token" in text or "login" in text
        assert "jupyter-config-data" not in text
        (tmp_path / "project" / "alembic.ini").unlink()
        _, text = answer(address)
        assert "There was an error when executing cell" in text
        assert "Traceback" not in text


def test_a_colleague_presses_upgrade_on_a_plain_page(
    browser: BrowserContext, tmp_path: Path
) -> None:
    """The page shows no code, asks this machine alone, and Upgrade leads to the newest revision."""
    url = f"sqlite:///{tmp_path / 'app.db'}"
    with make_page(tmp_path, url) as address, opened(browser, address) as (page, asked):
        panel = page.locator(".sl-panel")
        expect(page).to_have_title("schema_lab: migrations")
        assert "lab.panel()" not in page.content()
        page.get_by_role("button", name="Upgrade", exact=True).click()
        expect(panel.get_by_text("✓ upgrade").first).to_be_visible(timeout=60_000)
        expect(panel.get_by_text("there is nothing to do")).to_be_visible()
        expect(panel.get_by_text("run its cell")).to_have_count(0)
        looking.keep(page.locator("body"), "page-of-voila")
        assert looking.sticking_out(panel) == []
        assert looking.violations(page, "body") == []
    assert asked == {urlsplit(address).netloc}
    lab = Lab(url, config=tmp_path / "project")
    assert [one.is_head for one in lab.current()] == [True]


def test_what_voilas_own_template_asks_is_seen(browser: BrowserContext, tmp_path: Path) -> None:
    """Served without ours, the page asks another site for its icons, and the look at it sees so."""
    options = "--template=lab --Voila.ip=127.0.0.1 --port=$(PORT) --no-browser"
    url = f"sqlite:///{tmp_path / 'app.db'}"
    own = make_page(tmp_path, url, f"PAGE_OPTIONS={options}")
    with own as address, opened(browser, address) as (_, asked):
        pass
    assert asked > {urlsplit(address).netloc}

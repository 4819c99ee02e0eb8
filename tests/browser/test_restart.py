"""[N5] The kernel is restarted under a panel: the old one says so, the next one knows all."""

import pytest
from playwright.sync_api import expect

from tests.browser import looking
from tests.browser.driving import run_all, wait_for_kernel
from tests.browser.walking import Walk, add_plans

pytestmark = pytest.mark.browser

_SAID = "panel => getComputedStyle(panel, '::before').content"
_ICONS = """panel => [...panel.querySelectorAll('.jupyter-widgets-disconnected')]
    .filter(one => getComputedStyle(one, '::before').content !== 'none').length"""


def restart(walk: Walk) -> None:
    """Restart the kernel from the menu, as a person does, and wait until it is back."""
    menu = walk.page.locator("#jp-mainmenu-kernel")
    walk.page.get_by_role("menuitem", name="Kernel", exact=True).click()
    menu.get_by_text("Restart Kernel…", exact=True).click()
    walk.page.get_by_role("button", name="Confirm Kernel Restart", exact=True).click()
    walk.page.locator(".sl-panel.jupyter-widgets-disconnected").wait_for()
    wait_for_kernel(walk.page)


def test_the_old_panel_says_that_its_kernel_is_gone(walk: Walk) -> None:
    """It stays to be read, says what to do, and has nothing that could be pressed in vain."""
    add_plans(walk)
    restart(walk)
    assert "Run the cell again" in walk.panel.evaluate(_SAID)
    expect(walk.panel.get_by_text("✓ written")).to_be_visible()
    looking.keep(walk.panel, "kernel-restarted")
    assert [one for one in walk.panel.get_by_role("button").all() if one.is_visible()] == []
    expect(walk.page.get_by_label("Message")).to_be_hidden()
    expect(walk.panel.get_by_text("Next:")).to_be_hidden()
    assert walk.panel.evaluate(_ICONS) == 0


def test_after_a_restart_what_was_written_is_upgraded(walk: Walk) -> None:
    """Between write and upgrade nothing is lost: the cell run again, it is pending, and runs."""
    add_plans(walk)
    restart(walk)
    run_all(walk.page)
    walk.sees("1 pending")
    walk.sees("Pending revisions:")
    assert "none" in walk.panel.evaluate(_SAID)
    looking.keep(walk.panel, "panel-after-a-restart")
    walk.press("Upgrade")
    walk.sees("✓ upgrade 0001 →")
    assert "plan" in walk.columns()


def test_after_a_restart_what_was_upgraded_is_taken_back(walk: Walk) -> None:
    """The panel shows the history of the database itself, and a step back asks as ever."""
    add_plans(walk)
    walk.press("Upgrade")
    walk.sees("✓ upgrade 0001 →")
    restart(walk)
    run_all(walk.page)
    walk.sees("The models, the revisions and the database agree.")
    walk.press("History")
    expect(walk.panel.get_by_role("cell", name="Add plans")).to_be_visible()
    walk.press("Downgrade one")
    walk.page.get_by_label("Drop column users.plan with 0 values").check()
    walk.press("Downgrade one")
    walk.sees("✓ downgrade")
    assert walk.version() == ["0001"]

"""Cancel run: it reaches a migration that a browser's press has started, and leaves no half."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from schema_lab import Lab
from schema_lab.panels import Panel
from tests.panels.doing import columns
from tests.support.labs import filled_in, opened

SLOW = "import time; time.sleep(0.4)"
TWO = f'{SLOW}\nop.execute("CREATE TABLE {{0}} (id INTEGER)")\n{SLOW}\nop.execute("SELECT 1")'


def press(panel: Panel, name: str) -> None:
    """Send the message of a browser that presses a button."""
    getattr(panel, name)._handle_button_msg(None, {"event": "click"}, [])


def wait_for(condition: Callable[[], bool]) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def cancelled(panel: Panel, *, when: Callable[[], bool] = lambda: True) -> None:
    """Press Upgrade, then Cancel run, and wait for the end."""
    press(panel, "upgrade_button")
    wait_for(lambda: panel.cancel_run_button.layout.display is None)
    wait_for(when)
    press(panel, "cancel_run_button")
    wait_for(lambda: "was canceled" in panel.error_box.value and not panel._presses.busy)


@pytest.fixture
def slow(lab: Lab) -> Panel:
    """Give a panel with two slow revisions pending."""
    for name in ("first", "second"):
        filled_in(lab, f"Add {name}", TWO.format(name), f'op.execute("DROP TABLE {name}")')
    return lab.panel()


def test_cancel_reaches_a_run_that_a_browser_started(slow: Panel) -> None:
    """The press returns at once, Cancel run is heard, and the database is as it was."""
    cancelled(slow)
    assert "nothing was changed. The database is at base." in slow.error_box.value
    assert columns(slow, "first") == []
    assert not slow.upgrade_button.disabled


def test_a_press_by_code_waits_for_its_end(slow: Panel) -> None:
    """`click()` in a cell returns when the database is there."""
    slow.upgrade_button.click()
    assert columns(slow, "second") == ["id"]
    assert slow.cancel_run_button.layout.display == "none"


@pytest.mark.parametrize("dialect", ["mariadb"], indirect=True)
def test_on_mariadb_whole_revisions_stand(
    tmp_path: Path, database_url: str, engine: sa.Engine
) -> None:
    """The first revision ends, the second does not begin, and nothing is to be resumed."""
    lab = opened(tmp_path, database_url)
    for name in ("first", "second"):
        filled_in(lab, f"Add {name}", TWO.format(name))
    panel = lab.panel()
    cancelled(panel, when=lambda: "first" in sa.inspect(engine).get_table_names())
    assert [one.message for one in lab.current()] == ["Add first"]
    assert lab.stopped() is None

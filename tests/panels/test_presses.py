"""A press: one at a time, a double click once, every failure shown."""

import threading
from collections.abc import Callable

import pytest
from ipywidgets import Button

from schema_lab.errors import InputError
from schema_lab.panels import Panel, controls, presses
from schema_lab.panels.presses import Presses
from tests.panels.doing import accept, version


class Log:
    """Notes what presses report."""

    def __init__(self) -> None:
        self.failures: list[BaseException] = []
        self.busy: list[bool] = []
        self.refreshed = self.looked = 0

    def refresh(self) -> None:
        """Count a refresh."""
        self.refreshed += 1

    def look(self) -> None:
        """Count a look."""
        self.looked += 1


@pytest.fixture
def log() -> Log:
    """Give an empty log."""
    return Log()


@pytest.fixture
def runner(log: Log) -> Presses:
    """Give presses that report to the log."""
    return Presses(log.busy.append, log.failures.append, log.refresh, log.look)


def test_a_double_click_on_upgrade_one_runs_one_revision(written: Panel) -> None:
    """C5: of two revisions, two clicks in a row run the first."""
    written.upgrade_one_button.click()
    written.upgrade_one_button.click()
    assert version(written) == ["0001"]


def test_a_double_click_on_downgrade_one_takes_one_back(upgraded: Panel) -> None:
    """C5: with the tick set, two clicks in a row take one revision back."""
    upgraded.downgrade_button.click()
    accept(upgraded)
    upgraded.downgrade_button.click()
    upgraded.downgrade_button.click()
    assert version(upgraded) == ["0001"]


def test_a_later_click_runs_again(written: Panel, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two clicks that are no double click run two revisions."""
    monkeypatch.setattr(presses, "DOUBLE_CLICK_SECONDS", 0.0)
    written.upgrade_one_button.click()
    written.upgrade_one_button.click()
    assert version(written) == ["0002"]


def test_a_refresh_between_two_clicks_parts_them(written: Panel) -> None:
    """A script that refreshes the panel may press the same button at once."""
    written.upgrade_one_button.click()
    written.refresh()
    written.upgrade_one_button.click()
    assert version(written) == ["0002"]


def test_what_changes_during_the_refresh_parts_two_clicks(log: Log) -> None:
    """A tick that is set before the panel has caught up lets its button be pressed at once."""
    button = controls.button("Drop", "Drops")
    ran = list[bool]()
    following: Presses = Presses(
        log.busy.append, log.failures.append, lambda: following.forget(button), log.look
    )
    following.bind(button, lambda: ran.append(True))
    button.click()
    button.click()
    assert ran == [True, True]


def test_after_a_failure_a_press_by_code_counts(runner: Presses, log: Log) -> None:
    """Code that presses twice presses twice; only a person's second click belongs to the first."""
    button = controls.button("Fail", "Fails")

    def fail() -> None:
        raise InputError("No.", "Yes.")

    runner.bind(button, fail)
    button.click()
    button.click()
    assert len(log.failures) == 2
    button._handle_button_msg(button, {"event": "click"}, [])  # as a browser sends it
    assert len(log.failures) == 2


def test_a_disabled_button_does_nothing(panel: Panel) -> None:
    """A click on a disabled button is no press."""
    assert panel.downgrade_button.disabled
    panel.downgrade_button.click()
    assert panel.error_box.value == ""


def test_any_failure_is_reported(runner: Presses, log: Log) -> None:
    """An error of any kind reaches the panel instead of the log console."""
    problem = ZeroDivisionError("division by zero")
    button = Button()

    def fail() -> None:
        raise problem

    runner.bind(button, fail)
    button.click()
    assert log.failures == [problem]


def test_an_interrupt_is_reported(runner: Presses, log: Log) -> None:
    """A4: the kernel's interrupt ends the press and leaves the buttons usable."""
    button = Button()

    def interrupted() -> None:
        raise KeyboardInterrupt

    runner.bind(button, interrupted)
    button.click()
    assert isinstance(log.failures[0], KeyboardInterrupt)
    assert log.busy == [True, False]


def test_a_failed_press_refreshes_too(runner: Presses, log: Log) -> None:
    """After a failure the panel reads where the database stands."""
    button = Button()

    def fail() -> None:
        raise InputError("No.", "Yes.")

    runner.bind(button, fail)
    button.click()
    assert log.refreshed == 1


def test_a_failing_refresh_leaves_the_buttons_usable(log: Log) -> None:
    """When the panel cannot be read again, it says so and is no longer busy."""

    def fail() -> None:
        raise InputError("No.", "Yes.")

    runner = Presses(log.busy.append, log.failures.append, fail, log.look)
    button = Button()
    runner.bind(button, lambda: None)
    button.click()
    assert [str(failure) for failure in log.failures] == ["No. Yes."]
    assert log.busy == [True, False]


def test_a_press_during_another_is_dropped(runner: Presses) -> None:
    """While a press runs on one thread, a press on another thread does nothing."""
    started, go_on = threading.Event(), threading.Event()
    slow, quick = Button(), Button()
    ran: list[str] = []

    def wait() -> None:
        started.set()
        assert go_on.wait(10)

    runner.bind(slow, wait)
    runner.bind(quick, lambda: ran.append("quick"))
    thread = threading.Thread(target=slow.click)
    thread.start()
    assert started.wait(10)
    quick.click()
    go_on.set()
    thread.join(10)
    assert ran == []


def looking_slowly(log: Log) -> tuple[Presses, threading.Event, threading.Event]:
    """Give presses whose look waits for the second event, after it has set the first."""
    started, go_on = threading.Event(), threading.Event()

    def look() -> None:
        started.set()
        assert go_on.wait(10)

    return Presses(log.busy.append, log.failures.append, log.refresh, look), started, go_on


def test_a_press_during_a_look_waits_for_it(log: Log) -> None:
    """A person does not see a look, so a press that another thread sends meanwhile counts."""
    runner, started, go_on = looking_slowly(log)
    button, ran = Button(), list[str]()
    runner.bind(button, lambda: ran.append("ran"))
    look, press, again = map(make_thread, (runner.changed, button.click, button.click))
    look.start()
    assert started.wait(10)
    press.start()
    again.start()
    press.join(0.2)
    assert (ran, press.is_alive()) == ([], True)
    go_on.set()
    for thread in (look, press, again):
        thread.join(10)
    assert ran == ["ran"]


def test_a_look_may_disable_the_button_that_waits_for_it(log: Log) -> None:
    """What the look has shown to be impossible does not run, and the next press does."""
    runner, started, go_on = looking_slowly(log)
    button, ran = Button(), list[str]()
    runner.bind(button, lambda: ran.append("ran"))
    look, press = make_thread(runner.changed), make_thread(button.click)
    look.start()
    assert started.wait(10)
    press.start()
    press.join(0.2)
    button.disabled = True
    go_on.set()
    press.join(10)
    assert ran == []
    button.disabled = False
    button.click()
    assert ran == ["ran"]


def make_thread(work: Callable[[], None]) -> threading.Thread:
    """Make a thread that ends with the test process."""
    return threading.Thread(target=work, daemon=True)


def test_a_change_during_a_press_is_looked_at_when_it_ends(runner: Presses, log: Log) -> None:
    """What changes while a press is being finished is neither read at once nor forgotten."""
    button = Button()
    looked: list[int] = []

    def change() -> None:
        runner.changed()
        looked.append(log.looked)

    runner.bind(button, change)
    button.click()
    assert (looked, log.looked) == ([0], 1)
    assert log.busy[-1] is False


def test_a_change_without_a_press_is_looked_at_once(runner: Presses, log: Log) -> None:
    """Where nothing runs, what has changed is read immediately, and only once."""
    runner.changed()
    assert log.looked == 1

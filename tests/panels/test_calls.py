"""The lines of code that do the same as the buttons, to be copied."""

import html
import re

from schema_lab.panels import Panel
from tests.panels.doing import accept, columns, scripts, write


def recorded(panel: Panel) -> list[str]:
    """Read the lines that stand in the panel, without their colours."""
    code = re.findall(r"<pre[^>]*>(.*?)</pre>", panel.record_box.value, re.DOTALL)
    return [html.unescape(re.sub("<[^>]+>", "", line)) for line in code]


def test_what_was_pressed_stands_there_as_code(panel: Panel) -> None:
    """Each press leaves the line that does the same, with its arguments."""
    write(panel, 'Create "users"')
    panel.snapshot_tick.value = True
    panel.upgrade_button.click()
    assert recorded(panel) == [
        r'candidate = lab.autogenerate("Create \"users\"")',
        "revision = candidate.write()",
        "lab.upgrade(snapshot=True)",
    ]


def test_a_losing_step_names_what_was_accepted(upgraded: Panel) -> None:
    """The line of a downgrade holds the rehearsal and `accept_loss`."""
    upgraded.downgrade_button.click()
    accept(upgraded)
    upgraded.downgrade_button.click()
    assert recorded(upgraded)[-2:] == [
        'lab.rehearse("-1")',
        'lab.downgrade(accept_loss=["users.plan"])',
    ]


def test_the_recorded_lines_do_the_same(panel: Panel) -> None:
    """Run by hand after the way down, they lead to a revision that does the same."""
    write(panel, "Create users")
    panel.upgrade_button.click()
    lines = recorded(panel)
    panel.lab.downgrade("base")
    scripts(panel)[0].unlink()
    exec("\n".join(lines), {"lab": panel.lab})  # noqa: S102 - our own lines
    assert columns(panel) == ["id", "email"]


def test_each_button_has_its_line_before_it_is_pressed(written: Panel) -> None:
    """The section names the call of every button that leads somewhere, as chosen."""
    written.target_chooser.value = "0001"
    shown = html.unescape(re.sub("<[^>]+>", "", written._migrate.call_box.value))
    for line in ("lab.upgrade() ", 'lab.upgrade("+1")', 'lab.upgrade("0001")'):
        assert line in shown
    assert 'lab.rehearse("0001")' in shown
    assert "lab.downgrade()" not in shown


def lines_of(panel: Panel) -> str:
    """Read every line of code that stands beside a button."""
    parts = (panel._candidate.call_box, panel._candidate.write_call_box, panel._migrate.call_box)
    return html.unescape(re.sub("<[^>]+>", "", "\n".join(box.value for box in parts)))


def test_while_stepping_only_its_own_buttons_have_lines(written: Panel) -> None:
    """What cannot be pressed between two statements has no line; afterwards it has one again."""
    written.message_box.value = "Later"
    written.step_button.click()
    code = [line.split("#")[0].strip() for line in lines_of(written).split("\n") if line]
    assert code == ["In codenext(steps)", "list(steps)", "steps.close()"]
    written.stepping.abandon_button.click()
    assert "lab.upgrade()" in lines_of(written)
    assert 'lab.autogenerate("Later")' in lines_of(written)


def test_a_candidate_that_is_written_has_no_lines(panel: Panel) -> None:
    """Rehearse candidate and Write revision cannot be pressed again: nothing offers their call."""
    panel.message_box.value = "Create users"
    panel.autogenerate_button.click()
    assert "candidate.write()" in lines_of(panel)
    panel.write_button.click()
    assert "candidate.write()" not in lines_of(panel)
    assert "candidate.rehearse()" not in lines_of(panel)

"""The panel as a whole: its text, its labels, its errors, its escaping."""

import html
import re
from pathlib import Path
from typing import Any

import ipywidgets
import pytest
from sqlmodel import Field

from schema_lab import Lab
from schema_lab.panels import Panel
from tests.panels.doing import execute, scripts, write

PRESSABLE = (
    ipywidgets.Button,
    ipywidgets.Text,
    ipywidgets.Dropdown,
    ipywidgets.Checkbox,
    ipywidgets.IntProgress,
)


def family(widget: ipywidgets.Widget) -> list[ipywidgets.Widget]:
    """List a widget and all widgets in it."""
    return [widget, *(w for child in getattr(widget, "children", ()) for w in family(child))]


def all_html(panel: Panel) -> str:
    """Join all HTML that the panel shows."""
    return "\n".join(w.value for w in family(panel) if isinstance(w, ipywidgets.HTML))


def test_the_text_of_a_panel_is_the_same_each_time(panel: Panel) -> None:
    """A stored notebook output compares equal: no model id, no path."""
    assert repr(panel) == "Panel(sqlite)"


def test_every_control_has_a_label(panel: Panel) -> None:
    """Each control can be named by a screen reader."""
    panel.confirm_tick.description = "Drop column users.plan with 1 value"
    unnamed = [w for w in family(panel) if isinstance(w, PRESSABLE) and not w.description]
    assert unnamed == []


def test_every_button_has_a_tooltip(panel: Panel) -> None:
    """Each button says what a press does."""
    buttons = [w for w in family(panel) if isinstance(w, ipywidgets.Button)]
    assert len(buttons) > 8
    assert [b.description for b in buttons if not b.tooltip] == []


def test_no_password_widget_and_no_output_widget(panel: Panel) -> None:
    """A password's value would be saved with the notebook; an output is not comparable."""
    assert not [w for w in family(panel) if isinstance(w, ipywidgets.Password | ipywidgets.Output)]


def test_the_status_line_says_where_the_lab_stands(written: Panel) -> None:
    """Dialect, revision, heads, pending and drift are on one line."""
    text = written.status_box.value
    for fact in ("sqlite", "base", "0002", "2 pending", "drift"):
        assert fact in text


def test_names_from_models_and_messages_are_escaped(lab: Lab) -> None:
    """I3: a name or message with markup shows as text everywhere."""
    evil = "<script>alert(1)</script>"

    class Evil(lab.Model, table=True):  # type: ignore[call-arg,misc,name-defined]
        __tablename__ = evil
        id: int | None = Field(default=None, primary_key=True)
        value: str = Field(sa_column_kwargs={"name": "<img src=x onerror=alert(2)>"})

    panel = lab.panel()
    write(panel, "Create <b>evil</b>")
    panel.upgrade_button.click()
    execute(panel, f'INSERT INTO "{evil}" VALUES (1, "<i>row</i>")')
    panel.refresh()
    panel.downgrade_button.click()
    shown = all_html(panel)
    for markup in ("<script", "<img", "<b>", "<i>"):
        assert markup not in shown
    assert html.escape(evil) in shown
    assert "&lt;i&gt;row&lt;/i&gt;" in shown


def test_an_unknown_error_is_named_in_folded_details(panel: Panel) -> None:
    """An error that is not the lab's own shows its type and text, escaped."""
    panel.lab.models = None  # type: ignore[assignment]
    panel.autogenerate_button.click()
    assert "<details>" in panel.error_box.value
    assert "AttributeError: &#x27;NoneType&#x27;" in panel.error_box.value


def test_a_broken_revision_leaves_the_tables_readable(upgraded: Panel) -> None:
    """H12: a syntax error in a script is shown once; the tables stay."""
    scripts(upgraded)[1].write_text("def upgrade(:\n")
    upgraded.refresh()
    shown = upgraded.status_box.value + upgraded.error_box.value
    assert shown.count("0002_add_plans.py") == 1
    assert "ada@example.org" in upgraded.rows_box.value


def test_an_error_stands_in_the_section_of_its_button(upgraded: Panel) -> None:
    """Each time in one place only, above the section's lines of code."""
    upgraded.autogenerate_button.click()
    assert places(upgraded, upgraded.error_box) == ["Candidate"]
    execute(upgraded, "DROP TABLE users")
    upgraded.target_chooser.value = "base"
    upgraded.target_button.click()
    assert upgraded.error_box.value
    assert places(upgraded, upgraded.error_box) == ["Upgrade and downgrade"]


def places(box: Any, sought: object) -> list[str]:
    """Name the sections of a panel in which a widget stands, by the section's heading."""
    children: Any = getattr(box, "children", ())
    here = [re.sub(r"<[^>]+>|\d", "", children[0].value).strip()] if sought in children else []
    return here + [name for child in children for name in places(child, sought)]


def test_an_error_goes_with_the_next_press(panel: Panel) -> None:
    """A press that works clears the error of the one before."""
    panel.autogenerate_button.click()
    assert panel.error_box.value
    write(panel, "Create users")
    assert panel.error_box.value == ""


@pytest.mark.parametrize("password", ["s3cret-w0rd", "p@ss:w/rd%"])
def test_a_server_that_is_down_is_said_without_the_password(project: Path, password: str) -> None:
    """I5, I6: the panel opens, says where nothing answers, and shows no password."""
    from urllib.parse import quote

    url = f"postgresql://ada:{quote(password, safe='')}@127.0.0.1:1/lab?connect_timeout=2"
    panel = Lab(url, config=project).panel()
    panel.upgrade_button.click()
    shown = all_html(panel)
    assert "127.0.0.1" in shown
    assert password not in shown
    assert quote(password, safe="") not in shown
    assert html.escape(password) not in shown

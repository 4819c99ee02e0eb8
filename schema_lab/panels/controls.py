"""The plain widgets that every section is made of; each has a label that can be read aloud."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from ipywidgets import HTML, Box, Button, Layout, Text, VBox, Widget

from schema_lab import views

if TYPE_CHECKING:
    from collections.abc import Callable

    from schema_lab.rehearsal import Rehearsal


class PressButton(Button):  # type: ignore[misc]  # ipywidgets has no type hints
    """A button that knows whether a person presses it in a browser, or code does."""

    by_person = False

    def _handle_button_msg(self, widget: object, content: object, buffers: object) -> None:
        self.by_person = True
        try:
            super()._handle_button_msg(widget, content, buffers)
        finally:
            self.by_person = False


def button(label: str, tooltip: str) -> Button:
    """Make a button as wide as its label."""
    return PressButton(description=label, tooltip=tooltip, layout=Layout(width="auto", margin="0"))


def line(label: str, **more: str) -> Text:
    """Make a box for one line of text, as wide as the remaining room."""
    return Text(
        description=label,
        # A press overtakes what is still being typed, letter by letter: send it whole, on
        # leaving the box (https://github.com/jupyter-widgets/ipywidgets/pull/1383).
        continuous_update=False,
        layout=Layout(width="auto", flex="1 1 260px", margin="0"),
        **more,
    )


def words(html: str = "") -> HTML:
    """Make a place for HTML that is escaped already."""
    return HTML(value=html, layout=Layout(margin="0", width="auto"))


def widened(widget: Widget) -> Widget:
    """Let a widget take the room that the others in its row leave."""
    widget.add_class("sl-wide")
    return widget


def heading(text: str, number: int | None = None) -> HTML:
    """Make the heading of a section, with its number in the order of work."""
    mark = f'<span class="sl-step">{number}</span> ' if number else ""
    escaped = mark + views.html.escape(text)
    return words(f'<div class="sl-heading" role="heading" aria-level="3">{escaped}</div>')


def row(*children: Widget) -> Box:
    """Put widgets side by side, wrapped where the window is narrow."""
    layout = Layout(display="flex", flex_flow="row wrap", align_items="center", overflow="visible")
    made = Box(children, layout=layout)
    made.add_class("sl-row")
    return made


def together(*children: Widget) -> Box:
    """Put widgets side by side that fit into a row of any window."""
    made = row(*children)
    made.layout.flex = "none"
    return made


def section(*children: Widget) -> VBox:
    """Put widgets below each other as one section of the panel."""
    made = VBox(children, layout=Layout(overflow="visible"))
    made.add_class("sl-section")
    return made


def show(widget: Widget, shown: bool) -> None:
    """Show or hide a widget."""
    widget.layout.display = None if shown else "none"


def show_words(widget: HTML, html: str) -> None:
    """Fill a place for HTML; an empty place takes no room."""
    widget.value = html
    show(widget, bool(html))


def emphasize(buttons: Sequence[Button], suggested: Button | None) -> None:
    """Highlight the suggested button, or none when there is nothing to do."""
    for control in buttons:
        control.button_style = "primary" if control is suggested else ""


def link_to(path: Path) -> str:
    """Name a file; where JupyterLab can open it, as a link that does so.

    JupyterLab runs the command that a link names, such as `docmanager:open`:
    https://jupyterlab.readthedocs.io/en/stable/api/classes/apputils.CommandLinker.html
    """
    name = f"<code>{views.html.escape(path.name)}</code>"
    root = _server_root()
    if root is None or not path.resolve().is_relative_to(root):
        return name
    place = json.dumps({"path": path.resolve().relative_to(root).as_posix()})
    return (
        '<a href="#" title="Open the script" data-commandlinker-command="docmanager:open"'
        f' data-commandlinker-args="{views.html.escape(place)}">{name}</a>'
    )


def _server_root() -> Path | None:
    """Give the folder that the Jupyter server of this kernel shows, if there is one."""
    with suppress(ImportError, OSError, ValueError, KeyError):
        from jupyter_core.paths import jupyter_runtime_dir

        server = f"jpserver-{os.environ['JPY_PARENT_PID']}.json"
        noted = json.loads(Path(jupyter_runtime_dir(), server).read_text(encoding="utf-8"))
        return Path(noted["root_dir"]).resolve()
    return None


class RehearsalReport:
    """Shows one rehearsal at a time."""

    def __init__(self) -> None:
        self.box = words()
        self.clear()

    def rehearse(self, name: str, run: Callable[[], Rehearsal]) -> None:
        """Rehearse, and show the report; show a message while the rehearsal runs."""
        show_words(self.box, views.html.muted(f"Rehearsing {name} on a temporary copy …"))
        try:
            report = run()
        except BaseException:
            self.clear()
            raise
        show_words(self.box, views.rehearsal.piece(report, times=True))

    def clear(self) -> None:
        """Show no report."""
        show_words(self.box, "")

"""The plain widgets that every part is made of; each has a label that can be read aloud."""

from collections.abc import Sequence

from ipywidgets import HTML, Box, Button, Layout, Text, VBox, Widget

from schema_lab import views


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
    """Make a box for one line of text, which takes the room that is left."""
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
    """Make the heading of a section, with its number on the way."""
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
    """Put widgets side by side where no window is too narrow for them."""
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
    """Fill a place for HTML; an empty one takes no room."""
    widget.value = html
    show(widget, bool(html))


def emphasize(buttons: Sequence[Button], next_one: Button | None) -> None:
    """Let one button stand out as the next step, or none when nothing is left to do."""
    for each in buttons:
        each.button_style = "primary" if each is next_one else ""

"""What was pressed, as code: folded, newest first to read, in order to copy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipywidgets import Layout, ToggleButton

from schema_lab import views
from schema_lab.panels.controls import row, section, show, words

if TYPE_CHECKING:
    from collections.abc import Sequence


class RecordSection:
    """A button that unfolds the lines of what was pressed; hidden until there is one."""

    def __init__(self) -> None:
        self.record_box = words()
        self.toggle = ToggleButton(
            description="Your actions as code",
            tooltip="Show what you pressed as code that does the same again",
            layout=Layout(width="auto", margin="0"),
        )
        self.box = section(row(self.toggle), self.record_box)
        self.box.add_class("sl-record")
        self.toggle.observe(lambda _: self._unfold(), "value")
        self.show(())

    def show(self, lines: Sequence[str]) -> None:
        """Show lines, in the order in which they were pressed."""
        self.record_box.value = views.code.record_piece(lines)
        show(self.box, bool(lines))
        self._unfold()

    def _unfold(self) -> None:
        show(self.record_box, self.toggle.value)

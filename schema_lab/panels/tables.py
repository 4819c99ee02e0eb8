"""The live tables: one at a time, with its rows and with what the last step has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipywidgets import Dropdown, Layout

from schema_lab import views
from schema_lab.panels.controls import heading, row, section, words
from schema_lab.panels.looking import look_of, looks

if TYPE_CHECKING:
    import pandas as pd

    from schema_lab.lab import Lab
    from schema_lab.panels.presses import Presses
    from schema_lab.views.around import Look

ROWS = 20
"""Rows of a table that are shown."""


class TablesPart:
    """Shows the chosen table as it is now; after a step, a table that the step has changed."""

    def __init__(self, lab: Lab, presses: Presses) -> None:
        self._lab = lab
        self._loading = False
        self._widths: dict[str, int] | None = None
        self._seen: dict[str, tuple[str, ...]] = {}
        self._before: dict[str, tuple[str, ...]] = {}
        self._remembered: dict[str, Look] = {}
        self.table_chooser = Dropdown(
            options=[],
            description="Table",
            tooltip="A live table; after a step, one that it has changed",
            layout=Layout(width="auto", flex="0 1 320px", margin="0"),
        )
        self.rows_box = words()
        self.box = section(heading("Tables", 6), row(self.table_chooser), self.rows_box)
        self.table_chooser.observe(lambda _: presses.guard(self._choose), "value")

    def show(self) -> None:
        """Read the tables again; mark what has changed since the last reading."""
        frame = self._lab.tables()
        changed = self._changed(dict(zip(frame["table"], frame["columns"], strict=True)))
        self._offer(frame, changed)
        self._show_rows()

    def remember(self) -> None:
        """Look at the tables before a step, to show them beside what it makes of them."""
        self._remembered = looks(self._lab, ROWS)

    def forget(self) -> None:
        """Show no table beside what it was."""
        self._remembered = {}

    def enable(self) -> None:
        """Enable the chooser when there is a table to choose."""
        self.table_chooser.disabled = not self.table_chooser.options

    def _changed(self, widths: dict[str, int]) -> list[str]:
        """Name the tables that are new or have another number of columns than before."""
        known, self._widths = self._widths, widths
        if known is None or known == widths:
            return []
        new = widths.keys() - known.keys()
        self._before = dict.fromkeys(new, ())
        self._seen = {table: self._seen[table] for table in self._seen if table not in new}
        return [table for table in widths if widths[table] != known.get(table)]

    def _offer(self, frame: pd.DataFrame, changed: list[str]) -> None:
        options = [
            (views.plain.visible(f"{table} ({views.plain.count(rows, 'row')})"), table)
            for table, rows in zip(frame["table"], frame["rows"], strict=True)
        ]
        tables = [table for _, table in options]
        chosen = self.table_chooser.value
        if chosen not in tables or (changed and chosen not in changed):
            chosen = next(iter(changed or tables), None)
        self._loading = True
        self.table_chooser.options = options
        self.table_chooser.value = chosen
        self._loading = False

    def _choose(self) -> None:
        if not self._loading:
            self._show_rows()

    def _show_rows(self) -> None:
        table = self.table_chooser.value
        if table is None:
            self.rows_box.value = '<p class="sl-muted">No table yet.</p>'
            return
        now, remembered = look_of(self._lab.rows(table, limit=ROWS)), self._remembered.get(table)
        self._compare(table, now.columns)
        if remembered not in (None, now):
            self.rows_box.value = views.around.piece(table, remembered, now)
            return
        before = self._before.get(table, now.columns)
        self.rows_box.value = views.rows.piece(now, before)

    def _compare(self, table: str, columns: tuple[str, ...]) -> None:
        """Keep what a table's columns were when they were last seen otherwise."""
        seen = self._seen.get(table, columns)
        if seen != columns:
            self._before[table] = seen
        self._seen[table] = columns

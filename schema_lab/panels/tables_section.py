"""The tables of the database: one at a time, with its rows and what the last move changed."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from ipywidgets import BoundedIntText, Dropdown, Layout

from schema_lab import views
from schema_lab.errors import SchemaLabError
from schema_lab.panels.controls import button, heading, row, section, show, show_words, words
from schema_lab.schema.frames.frames import heads_of
from schema_lab.views.rows import Look

if TYPE_CHECKING:
    import pandas as pd
    from ipywidgets import Button

    from schema_lab.lab import Lab
    from schema_lab.panels.presses import Presses

ROWS = 20
"""Rows of a table that are shown."""

MOST_LOOKED_AT = 12
"""Tables that are read before a move; other changed tables are shown as they are now."""


def looks(lab: Lab, limit: int) -> dict[str, Look]:
    """Look at the first tables of a database. Read-only."""
    found = {}
    for name in list(lab.tables()["table"])[:MOST_LOOKED_AT]:
        with suppress(SchemaLabError):
            found[name] = look_of(lab.rows(name, limit=limit))
    return found


def look_of(frame: pd.DataFrame) -> Look:
    """Take plain values out of a DataFrame; missing values become None."""
    objects = frame.astype(object)
    rows = objects.where(frame.notna(), None).to_numpy().tolist()
    return Look(heads_of(frame), tuple(tuple(row) for row in rows))


class TablesSection:
    """Shows the selected table as it is now; after a move, a table that the move changed."""

    def __init__(self, lab: Lab, presses: Presses) -> None:
        self._lab, self._presses = lab, presses
        self._loading = False
        self._widths: dict[str, int] | None = None
        self._seen: dict[str, tuple[str, ...]] = {}
        self._before: dict[str, tuple[str, ...]] = {}
        self._remembered: dict[str, Look] = {}
        self.table_chooser = Dropdown(
            options=[],
            description="Table",
            tooltip="The table to show. After a migration, this is a table that it changed.",
            layout=Layout(width="auto", flex="0 1 320px", margin="0"),
        )
        self.rows_box = words()
        self.seed_rows = BoundedIntText(
            value=20,
            min=1,
            max=10_000,
            description="Sample rows",
            tooltip="How many rows each table gets",
            layout=Layout(width="190px", margin="0"),
        )
        self.seed_button = button(
            "Add sample rows", "Fill every table of this scratch database with sample rows"
        )
        self.seeded_box = words()
        self._seed_row = row(self.seed_rows, self.seed_button)
        self.box = section(
            heading("Tables", 6),
            row(self.table_chooser),
            self.rows_box,
            self._seed_row,
            self.seeded_box,
            words(),
        )
        show(self._seed_row, lab.throwaway)
        show_words(self.seeded_box, "")
        presses.bind(self.seed_button, self._seed, in_thread=True)
        self.seed_rows.observe(lambda _: presses.forget(self.seed_button), "value")
        self.table_chooser.observe(lambda _: presses.guard(self._choose), "value")

    def show(self) -> None:
        """Read the tables again; mark the changes since the last reading."""
        frame = self._lab.tables()
        changed = self._changed(dict(zip(frame["table"], frame["columns"], strict=True)))
        self._offer(frame, changed)
        self._show_rows()

    @property
    def buttons(self) -> tuple[Button, ...]:
        """Its button."""
        return (self.seed_button,)

    def remember(self) -> None:
        """Read the tables before a move, to show them beside the result."""
        show_words(self.seeded_box, "")
        self._remembered = looks(self._lab, ROWS)

    def forget(self) -> None:
        """Show no table beside its former state."""
        self._remembered = {}

    def enable(self) -> None:
        """Enable what needs tables when there are tables."""
        for control in (self.table_chooser, self.seed_rows, self.seed_button):
            control.disabled = not self.table_chooser.options

    def disable(self) -> None:
        """Accept no input."""
        for control in (self.table_chooser, self.seed_rows, self.seed_button):
            control.disabled = True

    def _seed(self) -> None:
        """Add sample rows, and show the tables as they are then."""
        show_words(self.seeded_box, views.html.muted("Adding sample rows …"))
        self.forget()
        rows = int(self.seed_rows.value)
        try:
            seeded = self._lab.seed(rows)
        except BaseException:
            show_words(self.seeded_box, "")
            raise
        self._presses.done(f"lab.seed({rows})")
        show_words(self.seeded_box, views.snapshot.seeded_piece(seeded))

    def _changed(self, widths: dict[str, int]) -> list[str]:
        """Name the tables that are new or whose number of columns has changed."""
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
            self.rows_box.value = '<p class="sl-muted">No tables yet.</p>'
            return
        now, remembered = look_of(self._lab.rows(table, limit=ROWS)), self._remembered.get(table)
        self._compare(table, now.columns)
        if remembered not in (None, now):
            self.rows_box.value = views.rows.before_after_piece(table, remembered, now)
            return
        before = self._before.get(table, now.columns)
        self.rows_box.value = views.rows.rows_piece(now, before)

    def _compare(self, table: str, columns: tuple[str, ...]) -> None:
        """Keep a table's former columns when its columns have changed."""
        seen = self._seen.get(table, columns)
        if seen != columns:
            self._before[table] = seen
        self._seen[table] = columns

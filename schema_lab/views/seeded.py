"""How seeding looks: each table with its number of new rows."""

# ruff: noqa: D102 - each member is documented by the value that has it

from collections.abc import Sequence
from typing import Protocol

from schema_lab.views import plain
from schema_lab.views.html import box, escape, page, table
from schema_lab.views.plain import count, visible

_COLUMNS = ("table", "rows")


class SeededShape(Protocol):
    """What seeding did."""

    @property
    def tables(self) -> Sequence[tuple[str, int]]: ...
    @property
    def notes(self) -> Sequence[str]: ...
    @property
    def total(self) -> int: ...


def html(seeded: SeededShape) -> str:
    """Show the tables that got rows, in a box."""
    tone = "good" if seeded.total else "plain"
    lead = f'<p class="sl-lead">{"✓ " if seeded.total else ""}{escape(_lead(seeded))}</p>'
    notes = "".join(f"<p>! {escape(note)}</p>" for note in seeded.notes)
    return page(box(tone, lead, table(_COLUMNS, seeded.tables) if seeded.tables else "", notes))


def text(seeded: SeededShape) -> str:
    """Say which tables got rows, in plain lines."""
    listed = plain.table(_COLUMNS, seeded.tables) if seeded.tables else ""
    notes = [f"! {visible(note)}" for note in seeded.notes]
    return "\n".join([_lead(seeded), *([listed] if listed else []), *notes])


def _lead(seeded: SeededShape) -> str:
    if not seeded.tables:
        return "Nothing to seed: there is no table."
    return f"{count(seeded.total, 'new row')} in {count(len(seeded.tables), 'table')}"

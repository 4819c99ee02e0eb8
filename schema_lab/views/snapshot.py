"""How snapshots look, a restore of one, and the sample rows that seeding added."""

# ruff: noqa: D102 - each member is documented by the value that has it

from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

from schema_lab.views import plain
from schema_lab.views.html import badge, box, escape, page, table
from schema_lab.views.plain import count, names, visible

NO_SNAPSHOTS = "No snapshots yet."
_SNAPSHOT_COLUMNS = ("snapshot", "revision", "size", "age", "label")
_SEED_COLUMNS = ("table", "rows")


class SnapshotShape(Protocol):
    """A saved copy of a database."""

    @property
    def id(self) -> str: ...
    @property
    def dialect(self) -> str: ...
    @property
    def age(self) -> timedelta: ...
    @property
    def size(self) -> int: ...
    @property
    def heads(self) -> Sequence[str]: ...
    @property
    def label(self) -> str: ...


class SnapshotsShape(Protocol):
    """The snapshots of a project, newest first."""

    @property
    def snapshots(self) -> Sequence[SnapshotShape]: ...


class RestoredShape(Protocol):
    """A database that was restored from a snapshot."""

    @property
    def snapshot(self) -> SnapshotShape: ...
    @property
    def before(self) -> Sequence[str]: ...
    @property
    def after(self) -> Sequence[str]: ...


class SeededShape(Protocol):
    """The sample rows that seeding added to each table."""

    @property
    def tables(self) -> Sequence[tuple[str, int]]: ...
    @property
    def notes(self) -> Sequence[str]: ...
    @property
    def total(self) -> int: ...


def snapshot_html(snapshot: SnapshotShape) -> str:
    """Show a snapshot as one line of facts."""
    lead = f"{badge(snapshot.dialect)} <strong>{escape(_lead(snapshot))}</strong>"
    facts = f'<span class="sl-muted">{escape(_facts(snapshot))}</span>'
    label = f"<span>{escape(snapshot.label)}</span>" if snapshot.label else ""
    line = "".join(f"<div>{fact}</div>" for fact in (lead, facts, label) if fact)
    return page(f'<div class="sl-facts">{line}</div>')


def snapshot_text(snapshot: SnapshotShape) -> str:
    """Say a snapshot in one line."""
    label = f": {visible(snapshot.label)}" if snapshot.label else ""
    return f"{_lead(snapshot)} ({visible(snapshot.dialect)}, {_facts(snapshot)}){label}"


def option_text(snapshot: SnapshotShape) -> str:
    """Say a snapshot in one short line, for a list of them to select from."""
    label = f": {visible(snapshot.label)}" if snapshot.label else ""
    return f"{visible(snapshot.id)} at {names(snapshot.heads)}, {_facts(snapshot)}{label}"


def snapshots_html(listed: SnapshotsShape) -> str:
    """Show snapshots as a table."""
    if not listed.snapshots:
        return page(f'<p class="sl-muted">{NO_SNAPSHOTS}</p>')
    return page(table(_SNAPSHOT_COLUMNS, map(_row, listed.snapshots), right=("size",)))


def snapshots_text(listed: SnapshotsShape) -> str:
    """Say snapshots in aligned columns."""
    if not listed.snapshots:
        return NO_SNAPSHOTS
    return plain.table(_SNAPSHOT_COLUMNS, map(_row, listed.snapshots))


def restored_html(restored: RestoredShape) -> str:
    """Show in a box which revision a restore has led to."""
    return page(box("good", f'<p class="sl-lead">✓ {escape(restored_text(restored))}</p>'))


def restored_text(restored: RestoredShape) -> str:
    """Say in one line which revision a restore has led to."""
    return (
        f"restore {visible(restored.snapshot.id)}: "
        f"{names(restored.before)} → {names(restored.after)}"
    )


def seeded_html(seeded: SeededShape) -> str:
    """Show the tables that received sample rows, in a box."""
    return page(seeded_piece(seeded))


def seeded_piece(seeded: SeededShape) -> str:
    """Show the same without its style, for a larger page."""
    tone = "good" if seeded.total else "plain"
    mark = "✓ " if seeded.total else ""
    lead = f'<p class="sl-lead">{mark}{escape(_seeded_lead(seeded))}</p>'
    listed = table(_SEED_COLUMNS, seeded.tables) if seeded.tables else ""
    notes = "".join(f"<p>! {escape(note)}</p>" for note in seeded.notes)
    return box(tone, lead, listed, notes)


def seeded_text(seeded: SeededShape) -> str:
    """Say which tables received sample rows, in plain lines."""
    listed = plain.table(_SEED_COLUMNS, seeded.tables) if seeded.tables else ""
    notes = [f"! {visible(note)}" for note in seeded.notes]
    return "\n".join([_seeded_lead(seeded), *([listed] if listed else []), *notes])


def size_words(size: int) -> str:
    """Say a number of bytes with at most three digits.

    Examples
    --------
    >>> size_words(512), size_words(12_288), size_words(3_400_000)
    ('512 B', '12 kB', '3.4 MB')
    """
    value = float(size)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 999.5:  # noqa: PLR2004 - what rounds to 1000 belongs to the next unit
            digits = 1 if unit != "B" and value < 9.95 else 0  # noqa: PLR2004 - as above
            return f"{value:.{digits}f} {unit}"
        value /= 1000
    return f"{value:.1f} TB"


def age_words(age: timedelta) -> str:
    """Say an age in its largest unit.

    Examples
    --------
    >>> age_words(timedelta(seconds=5)), age_words(timedelta(hours=30))
    ('just now', '1 day ago')
    """
    seconds = int(age.total_seconds())
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= length:
            return f"{count(seconds // length, unit)} ago"
    return "just now"


def _lead(snapshot: SnapshotShape) -> str:
    return f"snapshot {visible(snapshot.id)} at {names(snapshot.heads)}"


def _facts(snapshot: SnapshotShape) -> str:
    return f"{size_words(snapshot.size)}, {age_words(snapshot.age)}"


def _row(snapshot: SnapshotShape) -> list[str]:
    return [
        snapshot.id,
        names(snapshot.heads),
        size_words(snapshot.size),
        age_words(snapshot.age),
        snapshot.label,
    ]


def _seeded_lead(seeded: SeededShape) -> str:
    if not seeded.tables:
        return "Nothing to seed: there are no tables."
    return f"{count(seeded.total, 'new row')} in {count(len(seeded.tables), 'table')}"

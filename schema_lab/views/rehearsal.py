"""How a rehearsal is displayed: what would happen, and what would be lost."""

from collections.abc import Iterable, Iterator, Sequence

from schema_lab.views import plain
from schema_lab.views.code import block
from schema_lab.views.html import box, details, escape, page, symbols, table
from schema_lab.views.plain import count, names, visible
from schema_lab.views.rehearsal_shapes import (
    ColumnChangeShape,
    FailureShape,
    LostValuesShape,
    PerformedShape,
    RehearsalShape,
    RoundTripShape,
)

COLUMNS = ("", "table", "column", "type", "rows", "NULLs", "lost", "changed")
COUNTS = ("rows", "NULLs", "lost", "changed")
SAMPLES = ("", "table", "key", "column", "before", "after")
_DIRECTIONS = ("Upgrading", "Downgrading")
MOST_STATEMENTS = 100
"""Statements that are displayed; the rehearsal holds all of them."""


def html(rehearsal: RehearsalShape, times: bool = False) -> str:
    """Display the rehearsal, with folded details; `times` adds milliseconds."""
    return page(piece(rehearsal, times))


def piece(rehearsal: RehearsalShape, times: bool = False) -> str:
    """Display the rehearsal without a style, as part of a larger page."""
    mark = {"good": "✓", "warn": "⚠", "bad": "✗"}[_tone(rehearsal)]
    lead = f'<p class="sl-lead">{mark} {escape(_lead(rehearsal))}</p>'
    how = f'<p class="sl-muted">{escape(_how(rehearsal))}</p>'
    said = "".join(_item(mark, sentence) for mark, sentence in _sentences(rehearsal))
    listed = symbols(said) if said else ""
    return box(_tone(rehearsal), lead, how, listed) + "".join(_folded(rehearsal, times))


def text(rehearsal: RehearsalShape, times: bool = False) -> str:
    """Return the rehearsal as plain lines; `times` adds milliseconds."""
    said = [f"{mark} {visible(sentence)}" for mark, sentence in _sentences(rehearsal)]
    marked = [_column_row(column) for column in rehearsal.columns if column.mark]
    listed = ["", plain.table(COLUMNS, marked)] if marked else []
    rows = rehearsal.failure.rows if rehearsal.failure else ()
    behind = ["", plain.table(list(rows[0]), [list(row.values()) for row in rows])] if rows else []
    total = [_total(rehearsal.statements)] if times else []
    return "\n".join([_lead(rehearsal), _how(rehearsal), *said, *behind, *listed, *total])


def _tone(rehearsal: RehearsalShape) -> str:
    trip = rehearsal.round_trip
    if rehearsal.failure:
        return "bad"
    return "warn" if rehearsal.losses or (trip and (trip.failure or trip.traces)) else "good"


def _lead(rehearsal: RehearsalShape) -> str:
    verb = visible(rehearsal.direction)
    if rehearsal.failure:
        return f"Rehearsed {verb} from {names(rehearsal.before)}: it would fail."
    if not rehearsal.revisions:
        return f"Nothing to rehearse: the database is at {names(rehearsal.before)}."
    revisions = f"{names(rehearsal.before)} → {names(rehearsal.after)}"
    lost = sum(loss.count for loss in rehearsal.losses if loss.column is not None)
    rows = sum(loss.count for loss in rehearsal.losses if loss.column is None)
    parts = [count(n, noun) for n, noun in ((rows, "row"), (lost, "value")) if n]
    lost_parts = f"{' and '.join(parts)} would be lost" if parts else "no values would be lost"
    return f"Rehearsed {verb} {revisions}: it would succeed, and {lost_parts}."


def _how(rehearsal: RehearsalShape) -> str:
    return f"How: {visible(rehearsal.why)}."


def _sentences(rehearsal: RehearsalShape) -> Iterator[tuple[str, str]]:
    """Yield all findings, each with its mark."""
    if rehearsal.failure:
        yield from _failed(rehearsal.failure)
    for loss in rehearsal.losses:
        yield "-", loss.sentence
    for change in rehearsal.changes:
        yield "~", change.sentence
    for name, (before, after) in _row_counts(rehearsal.columns).items():
        yield "~", f"`{name}` has {count(after, 'row')} after the migration, and {before} before"
    if rehearsal.round_trip:
        yield from _trip(rehearsal.round_trip, rehearsal.losses, rehearsal.direction)
    if rehearsal.drift is not None:
        yield from _drift(rehearsal)
    for note in rehearsal.notes:
        yield "!", note


def _failed(failure: FailureShape) -> Iterator[tuple[str, str]]:
    yield "✗", failure.sentence
    if failure.count is not None:
        all_shown = len(failure.rows) == failure.count
        shown = ":" if all_shown else f". The first {len(failure.rows)}:"
        rows = f"{count(failure.count, 'row')} of `{failure.table}`"
        block = _verb(failure.count, "block", "blocks")
        yield "!", f"{rows} {block} this migration{shown if failure.rows else '.'}"
    if failure.cure:
        yield "→", failure.cure


def _row_counts(columns: Iterable[ColumnChangeShape]) -> dict[str, tuple[int, int]]:
    return {
        column.table: (column.rows_before, column.rows_after)
        for column in columns
        if column.rows_before is not None
        and column.rows_after is not None
        and column.rows_before != column.rows_after
    }


def _trip(
    trip: RoundTripShape, lost: Sequence[LostValuesShape], direction: str
) -> Iterator[tuple[str, str]]:
    forth, back = _DIRECTIONS if direction == "upgrade" else _DIRECTIONS[::-1]
    there_and_back = f"{back} to {trip.target} and {forth.lower()} again"
    if trip.failure:
        yield "✗", f"{there_and_back} fails. {trip.failure.sentence}"
    for loss in trip.drops:
        yield "↩", f"{back}: {loss.sentence}"
    known = {(loss.table, loss.column) for loss in lost}
    for loss in trip.losses:
        if (loss.table, loss.column) not in known:
            yield "↩", f"{back} does not undo this: {loss.sentence}"
    yield from _restored(trip, lost, back)
    for trace in trip.traces:
        yield "!", f"{forth} and {back.lower()} again leaves this behind: {trace}."
    if not trip.failure and not trip.traces:
        yield "✓", f"{there_and_back} restores the same schema."


def _restored(
    trip: RoundTripShape, lost: Sequence[LostValuesShape], back: str
) -> Iterator[tuple[str, str]]:
    """Say which of the lost values the opposite direction restores."""
    if trip.failure or not lost:
        return
    gone = {(loss.table, loss.column) for loss in trip.losses}
    restored = [_place(loss) for loss in lost if (loss.table, loss.column) not in gone]
    if len(restored) == len(lost):
        yield "✓", f"{back} restores all of these values."
    elif restored:
        yield "↩", f"{back} restores {', '.join(restored)}. The other values stay lost."
    else:
        yield "↩", f"{back} does not restore these values."


def _place(loss: LostValuesShape) -> str:
    return f"`{loss.table}.{loss.column}`" if loss.column else f"`{loss.table}`"


def _drift(rehearsal: RehearsalShape) -> Iterator[tuple[str, str]]:
    assert rehearsal.drift is not None
    if not rehearsal.drift.operations:
        yield "✓", "After this migration, the database matches the models."
    else:
        yield "!", "After this migration, the database still differs from the models:"
        yield from (
            (operation.symbol, operation.sentence) for operation in rehearsal.drift.operations
        )


def loss(loss: LostValuesShape) -> str:
    """Say which values are lost."""
    if loss.kind == "table":
        return f"table `{loss.table}` is dropped, with its {count(loss.count, 'row')}"
    if loss.kind == "rows":
        deleted = _verb(loss.count, "are deleted", "is deleted")
        return f"{count(loss.count, 'row')} of `{loss.table}` {deleted}"
    place = f"`{loss.table}.{loss.column}`"
    if loss.kind == "column":
        kept = [f"{number} in `{other}`" for other, number in loss.kept_in.items()]
        found = f" (some are kept: {', '.join(kept)})" if kept else ""
        return f"column {place} is dropped, with its {count(loss.count, 'value')}{found}"
    verb = {
        "nulled": _verb(loss.count, "become NULL", "becomes NULL"),
        "changed": _verb(loss.count, "change", "changes"),
    }[loss.kind]
    return f"{count(loss.count, 'value')} of {place} {verb}"


def change(table: str, column: str, number: int) -> str:
    """Say which values are overwritten."""
    verb = _verb(number, "are overwritten", "is overwritten")
    return f"{count(number, 'value')} of `{table}.{column}` {verb}"


def _verb(number: int, plural: str, singular: str) -> str:
    return singular if number == 1 else plural


def _column_row(column: ColumnChangeShape) -> list[object]:
    renamed = column.was and column.column and column.was != column.column
    name = f"{column.was} → {column.column}" if renamed else column.name
    return [
        *(column.mark, column.table, name),
        _change(column.type_before, column.type_after),
        _change(column.rows_before, column.rows_after),
        _change(column.nulls_before, column.nulls_after),
        *(column.lost or "", column.changed or ""),
    ]


def _change(before: object, after: object) -> str:
    if before in (None, ""):
        return str(after if after is not None else "")
    return str(before) if after in (before, None, "") else f"{before} → {after}"


def _item(mark: str, sentence: str) -> str:
    tone = {"-": "bad", "✗": "bad", "✓": "good", "→": "plain"}.get(mark, "warn")
    symbol = f'<span class="sl-symbol">{escape(mark)}</span>'
    return f'<li class="sl-{tone}">{symbol} {escape(sentence)}</li>'


def _folded(rehearsal: RehearsalShape, times: bool) -> Iterator[str]:
    if rehearsal.failure and rehearsal.failure.rows:
        rows = rehearsal.failure.rows
        yield details(
            "Blocking rows", table(list(rows[0]), [list(row.values()) for row in rows]), True
        )
    marked = [_column_row(column) for column in rehearsal.columns if column.mark]
    if marked:
        shown = table(COLUMNS, marked, right=COUNTS)
        yield details("Columns before → after", shown, True)
    samples = [(s.mark, s.table, s.key, s.column, s.before, s.after) for s in rehearsal.samples]
    if samples:
        yield details("Some values, before and after", table(SAMPLES, samples))
    if rehearsal.statements:
        yield details("SQL that ran", _statements(rehearsal.statements, times))


def _statements(statements: Sequence[PerformedShape], times: bool) -> str:
    sql = "\n".join(_statement(statement, times) for statement in statements[:MOST_STATEMENTS])
    more = len(statements) - MOST_STATEMENTS
    rest = f'<p class="sl-muted">and {count(more, "statement")} more</p>' if more > 0 else ""
    return block(sql, "sql") + rest


def _statement(statement: PerformedShape, times: bool) -> str:
    facts = [f"{statement.rows} rows" if statement.rows > 0 else "", ", ".join(statement.locks)]
    if times:
        facts.append(f"{statement.milliseconds:.1f} ms")
        facts.append(
            f"about {statement.estimated:.0f} ms on the real table" if statement.estimated else ""
        )
    said = "; ".join(fact for fact in facts if fact)
    return f"{statement.sql.strip().rstrip(';')};" + (f"  -- {said}" if said else "")


def _total(statements: Iterable[PerformedShape]) -> str:
    return f"{sum(statement.milliseconds for statement in statements):.1f} ms"

"""How a rehearsal looks: what would happen, and what would be lost."""

from collections.abc import Iterable, Iterator, Sequence

from schema_lab.views import plain
from schema_lab.views.code import block
from schema_lab.views.html import box, details, escape, page, symbols, table
from schema_lab.views.plain import count, names, visible
from schema_lab.views.rehearsal_shapes import (
    ColumnShape,
    FailureShape,
    LossShape,
    PerformedShape,
    RehearsalShape,
    RoundTripShape,
)

COLUMNS = ("", "table", "column", "type", "rows", "NULLs", "lost", "changed")
COUNTS = ("rows", "NULLs", "lost", "changed")
SAMPLES = ("", "table", "key", "column", "before", "after")
MOST_STATEMENTS = 100
"""Statements that are shown; the rehearsal itself holds all."""


def html(rehearsal: RehearsalShape, times: bool = False) -> str:
    """Show the rehearsal, its details folded below; `times` adds milliseconds."""
    return page(piece(rehearsal, times))


def piece(rehearsal: RehearsalShape, times: bool = False) -> str:
    """Show the rehearsal without its style, for a larger page."""
    mark = {"good": "✓", "warn": "⚠", "bad": "✗"}[_tone(rehearsal)]
    lead = f'<p class="sl-lead">{mark} {escape(_lead(rehearsal))}</p>'
    how = f'<p class="sl-muted">{escape(_how(rehearsal))}</p>'
    said = "".join(_item(mark, sentence) for mark, sentence in _sentences(rehearsal))
    listed = symbols(said) if said else ""
    return box(_tone(rehearsal), lead, how, listed) + "".join(_folded(rehearsal, times))


def text(rehearsal: RehearsalShape, times: bool = False) -> str:
    """Say the rehearsal in plain lines; `times` adds milliseconds."""
    said = [f"{mark} {visible(sentence)}" for mark, sentence in _sentences(rehearsal)]
    marked = [_column_row(one) for one in rehearsal.columns if one.mark]
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
    way = f"{names(rehearsal.before)} → {names(rehearsal.after)}"
    lost = sum(one.count for one in rehearsal.losses if one.column is not None)
    rows = sum(one.count for one in rehearsal.losses if one.column is None)
    parts = [count(n, noun) for n, noun in ((rows, "row"), (lost, "value")) if n]
    would = f"{' and '.join(parts)} would be lost" if parts else "no value would be lost"
    return f"Rehearsed {verb} {way}: it would succeed; {would}."


def _how(rehearsal: RehearsalShape) -> str:
    return f"How: {visible(rehearsal.why)}."


def _sentences(rehearsal: RehearsalShape) -> Iterator[tuple[str, str]]:
    """Say all findings, each with its mark."""
    if rehearsal.failure:
        yield from _failed(rehearsal.failure)
    for loss in rehearsal.losses:
        yield "-", loss.sentence
    for change in rehearsal.changes:
        yield "~", change.sentence
    for name, (before, after) in _row_counts(rehearsal.columns).items():
        yield "~", f"{name} has {count(after, 'row')}, and had {before}"
    if rehearsal.round_trip:
        yield from _trip(rehearsal.round_trip, rehearsal.losses)
    if rehearsal.drift is not None:
        yield from _drift(rehearsal)
    for note in rehearsal.notes:
        yield "!", note


def _failed(failure: FailureShape) -> Iterator[tuple[str, str]]:
    yield "✗", failure.sentence
    if failure.count is not None:
        shown = f"; the first {len(failure.rows)}" if len(failure.rows) < failure.count else ""
        rows = count(failure.count, "row")
        stand = "stands" if failure.count == 1 else "stand"
        yield "!", f"{rows} of {failure.table} {stand} in the way{shown}:" if failure.rows else rows
    if failure.cure:
        yield "→", failure.cure


def _row_counts(columns: Iterable[ColumnShape]) -> dict[str, tuple[int, int]]:
    return {
        one.table: (one.rows_before, one.rows_after)
        for one in columns
        if one.rows_before is not None
        and one.rows_after is not None
        and one.rows_before != one.rows_after
    }


def _trip(trip: RoundTripShape, lost: Sequence[LossShape]) -> Iterator[tuple[str, str]]:
    if trip.failure:
        yield "✗", f"The way back to {trip.target} and forth again fails. {trip.failure.sentence}"
    for loss in trip.drops:
        yield "↩", f"The way back drops: {loss.sentence}"
    there = {(one.table, one.column) for one in lost}
    for loss in trip.losses:
        if (loss.table, loss.column) not in there:
            yield "↩", f"The way back does not undo: {loss.sentence}"
    yield from _brought_back(trip, lost)
    for trace in trip.traces:
        yield "!", f"There and back leaves a trace: {trace}."
    if not trip.failure and not trip.traces:
        yield "✓", f"The way back to {trip.target} and forth again leaves no trace in the schema."


def _brought_back(trip: RoundTripShape, lost: Sequence[LossShape]) -> Iterator[tuple[str, str]]:
    """Say which of the values that the first way destroys the way back has again."""
    if trip.failure or not lost:
        return
    gone = {(one.table, one.column) for one in trip.losses}
    back = [_place(one) for one in lost if (one.table, one.column) not in gone]
    if len(back) == len(lost):
        yield "✓", "The way back brings all of it back."
    elif back:
        yield "↩", f"The way back brings back {', '.join(back)}; the rest stays lost."
    else:
        yield "↩", "The way back brings none of it back."


def _place(loss: LossShape) -> str:
    return f"{loss.table}.{loss.column}" if loss.column else loss.table


def _drift(rehearsal: RehearsalShape) -> Iterator[tuple[str, str]]:
    assert rehearsal.drift is not None
    if not rehearsal.drift.operations:
        yield "✓", "After it the database equals the models."
    else:
        yield "!", "After it models and database differ:"
        yield from ((one.symbol, one.sentence) for one in rehearsal.drift.operations)


def loss(loss: LossShape) -> str:
    """Say which values are lost."""
    if loss.kind == "table":
        return f"table {loss.table} goes with {count(loss.count, 'row')}"
    if loss.kind == "rows":
        return f"{count(loss.count, 'row')} of {loss.table} {_verb(loss.count, 'go', 'goes')}"
    place = f"{loss.table}.{loss.column}"
    if loss.kind == "column":
        kept = [f"{n} of them in {other}" for other, n in loss.kept_in.items()]
        found = f" (still to be read: {', '.join(kept)})" if kept else ""
        return f"column {place} goes with {count(loss.count, 'value')}{found}"
    verb = {
        "nulled": _verb(loss.count, "become NULL", "becomes NULL"),
        "changed": _verb(loss.count, "become others", "becomes another"),
    }[loss.kind]
    return f"{count(loss.count, 'value')} of {place} {verb}"


def change(table: str, column: str, number: int) -> str:
    """Say which values are written over."""
    verb = _verb(number, "are written over", "is written over")
    return f"{count(number, 'value')} of {table}.{column} {verb}"


def _verb(number: int, plural: str, singular: str) -> str:
    return singular if number == 1 else plural


def _column_row(one: ColumnShape) -> list[object]:
    renamed = one.was and one.column and one.was != one.column
    name = f"{one.was} → {one.column}" if renamed else one.name
    return [
        *(one.mark, one.table, name),
        _change(one.type_before, one.type_after),
        _change(one.rows_before, one.rows_after),
        _change(one.nulls_before, one.nulls_after),
        *(one.lost or "", one.changed or ""),
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
            "Rows in the way", table(list(rows[0]), [list(row.values()) for row in rows]), True
        )
    marked = [_column_row(one) for one in rehearsal.columns if one.mark]
    if marked:
        shown = table(COLUMNS, marked, right=COUNTS)
        yield details("Columns before → after", shown, True)
    samples = [(s.mark, s.table, s.key, s.column, s.before, s.after) for s in rehearsal.samples]
    if samples:
        yield details("Some rows, side by side", table(SAMPLES, samples))
    if rehearsal.statements:
        yield details("SQL that ran", _statements(rehearsal.statements, times))


def _statements(statements: Sequence[PerformedShape], times: bool) -> str:
    sql = "\n".join(_statement(one, times) for one in statements[:MOST_STATEMENTS])
    more = len(statements) - MOST_STATEMENTS
    rest = f'<p class="sl-muted">and {count(more, "statement")} more</p>' if more > 0 else ""
    return block(sql, "sql") + rest


def _statement(one: PerformedShape, times: bool) -> str:
    facts = [f"{one.rows} rows" if one.rows > 0 else "", ", ".join(one.locks)]
    if times:
        facts.append(f"{one.milliseconds:.1f} ms")
        facts.append(f"{one.foreseen:.0f} ms on the real table" if one.foreseen else "")
    said = "; ".join(fact for fact in facts if fact)
    return f"{one.sql.strip().rstrip(';')};" + (f"  -- {said}" if said else "")


def _total(statements: Iterable[PerformedShape]) -> str:
    return f"{sum(one.milliseconds for one in statements):.1f} ms"

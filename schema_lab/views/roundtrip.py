"""How the round trip of a history is displayed: each revision, what it leaves, what it loses."""

# ruff: noqa: D102 - each member is documented by the value that has it

from collections.abc import Iterator, Sequence
from typing import Protocol

from schema_lab.views import drift
from schema_lab.views.html import box, escape, page, symbols
from schema_lab.views.plain import count, visible
from schema_lab.views.shapes import DriftShape, OperationShape

_MARKS = {
    "failure": "✗",
    "trace": "✗",
    "destroyed": "-",
    "lost": "-",
    "untried": "·",
}
_TONES = {"✓": "good", "✗": "bad", "·": "plain"}


class TripShape(Protocol):
    """One revision, run up, down and up again."""

    @property
    def revision(self) -> str: ...
    @property
    def message(self) -> str: ...
    @property
    def rows(self) -> int: ...
    @property
    def leaves_no_trace(self) -> bool: ...
    @property
    def untried(self) -> str: ...
    def found(self) -> Iterator[tuple[str, str | None, str | None, int | None, str]]: ...


class RoundtripShape(Protocol):
    """The round trips of all revisions of a history."""

    @property
    def dialect(self) -> str: ...
    @property
    def trips(self) -> Sequence[TripShape]: ...
    @property
    def drift(self) -> DriftShape | None: ...
    @property
    def notes(self) -> Sequence[str]: ...
    @property
    def ok(self) -> bool: ...


def html(roundtrip: RoundtripShape) -> str:
    """Display each revision with what was found, in a box."""
    tone = "good" if roundtrip.ok else "bad"
    mark = "✓" if roundtrip.ok else "✗"
    lead = f'<p class="sl-lead">{mark} {escape(_lead(roundtrip))}</p>'
    trips = "".join(_trip_html(trip) for trip in roundtrip.trips)
    return page(box(tone, lead, symbols(trips), *_rest_html(roundtrip)))


def text(roundtrip: RoundtripShape) -> str:
    """Return each revision with what was found, as plain lines."""
    lines = [_lead(roundtrip)]
    for trip in roundtrip.trips:
        lines.append(f"{_mark(trip)} {_title(trip)}")
        lines += [f"    {_MARKS[kind]} {visible(said)}" for kind, *_, said in trip.found()]
    return "\n".join([*lines, *map(visible, _rest(roundtrip))])


def _trip_html(trip: TripShape) -> str:
    said = "".join(
        f'<li class="{"sl-bad" if _MARKS[kind] == "✗" else "sl-warn"}">'
        f'<span class="sl-symbol">{_MARKS[kind]}</span> {escape(sentence)}</li>'
        for kind, *_, sentence in trip.found()
    )
    below = symbols(said) if said else ""
    mark = f'<span class="sl-symbol">{_mark(trip)}</span>'
    return f'<li class="sl-{_TONES[_mark(trip)]}">{mark} {escape(_title(trip))}{below}</li>'


def _mark(trip: TripShape) -> str:
    if not trip.leaves_no_trace:
        return "✗"
    return "·" if trip.untried else "✓"


def _title(trip: TripShape) -> str:
    rows = f" ({count(trip.rows, 'sample row')})" if trip.rows else ""
    return f"{visible(trip.revision)} {visible(trip.message)}{rows}"


def _lead(roundtrip: RoundtripShape) -> str:
    revisions = count(len(roundtrip.trips), "revision")
    wrong = sum(not trip.leaves_no_trace for trip in roundtrip.trips)
    verdict = f"{wrong} cannot be undone cleanly" if wrong else "each restores the same schema"
    but = ", but the models differ from the result" if _left(roundtrip) else ""
    tried = f"Up, down and up again through {revisions} on {visible(roundtrip.dialect)}"
    return f"{tried}: {verdict}{but}."


def _rest(roundtrip: RoundtripShape) -> Iterator[str]:
    yield from _at_the_head(roundtrip)
    yield from (f"    {operation.symbol} {operation.sentence}" for operation in _left(roundtrip))
    yield from _notes(roundtrip)


def _rest_html(roundtrip: RoundtripShape) -> Iterator[str]:
    yield from (f"<p>{escape(line)}</p>" for line in _at_the_head(roundtrip))
    if _left(roundtrip):
        yield drift.operations_piece(_left(roundtrip))
    yield from (f"<p>{escape(line)}</p>" for line in _notes(roundtrip))


def _at_the_head(roundtrip: RoundtripShape) -> Iterator[str]:
    left = _left(roundtrip)
    if left:
        operations = count(len(left), "operation")
        yield f"✗ At the head, {operations} would make the database match the models:"
    elif roundtrip.drift is not None:
        yield "✓ At the head, the database matches the models."


def _left(roundtrip: RoundtripShape) -> Sequence[OperationShape]:
    """List the differences from the models after the whole history."""
    return roundtrip.drift.operations if roundtrip.drift is not None else ()


def _notes(roundtrip: RoundtripShape) -> Iterator[str]:
    return (f"! {note}" for note in roundtrip.notes)

"""How a round trip through a history looks: each revision, and what it leaves or loses."""

# ruff: noqa: D102 - each member is documented by the value that has it

from collections.abc import Iterator, Sequence
from typing import Protocol

from schema_lab.views import operations
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
    """One revision gone up, down and up again."""

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
    """A history gone through, revision by revision."""

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
    """Show each revision with what was found, in a box."""
    tone = "good" if roundtrip.ok else "bad"
    mark = "✓" if roundtrip.ok else "✗"
    lead = f'<p class="sl-lead">{mark} {escape(_lead(roundtrip))}</p>'
    trips = "".join(_trip_html(one) for one in roundtrip.trips)
    return page(box(tone, lead, symbols(trips), *_rest_html(roundtrip)))


def text(roundtrip: RoundtripShape) -> str:
    """Say each revision with what was found, in plain lines."""
    lines = [_lead(roundtrip)]
    for one in roundtrip.trips:
        lines.append(f"{_mark(one)} {_title(one)}")
        lines += [f"    {_MARKS[kind]} {visible(said)}" for kind, *_, said in one.found()]
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
    gone = count(len(roundtrip.trips), "revision")
    left = sum(not one.leaves_no_trace for one in roundtrip.trips)
    verdict = "none leaves a trace" if not left else f"{left} of them cannot be taken back cleanly"
    but = ", but the models differ from what they make" if _left(roundtrip) else ""
    return f"Up, down and up again through {gone} on {visible(roundtrip.dialect)}: {verdict}{but}."


def _rest(roundtrip: RoundtripShape) -> Iterator[str]:
    yield from _at_the_head(roundtrip)
    yield from (f"    {one.symbol} {one.sentence}" for one in _left(roundtrip))
    yield from _notes(roundtrip)


def _rest_html(roundtrip: RoundtripShape) -> Iterator[str]:
    yield from (f"<p>{escape(line)}</p>" for line in _at_the_head(roundtrip))
    if _left(roundtrip):
        yield operations.html(_left(roundtrip))
    yield from (f"<p>{escape(line)}</p>" for line in _notes(roundtrip))


def _at_the_head(roundtrip: RoundtripShape) -> Iterator[str]:
    left = _left(roundtrip)
    if left:
        yield f"✗ At the head, {count(len(left), 'operation')} would be left to do:"
    elif roundtrip.drift is not None:
        yield "✓ At the head the models show no drift."


def _left(roundtrip: RoundtripShape) -> Sequence[OperationShape]:
    """List what the models still want when the whole history has run."""
    return roundtrip.drift.operations if roundtrip.drift is not None else ()


def _notes(roundtrip: RoundtripShape) -> Iterator[str]:
    return (f"! {note}" for note in roundtrip.notes)

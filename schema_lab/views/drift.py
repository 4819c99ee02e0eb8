"""How drift looks: its operations, its noise, and the differences that the project ignores.

Drift is the list of operations that would make the database match the models. Noise is a false
difference: one that its own migration does not remove.
"""

from collections.abc import Sequence

from schema_lab.views.html import box, details, escape, page, symbols
from schema_lab.views.plain import count, visible
from schema_lab.views.shapes import DriftShape, NoiseShape, OperationShape

NO_DRIFT = "The database matches the models: no drift."
NO_NOISE = "No false differences: every difference disappears after its migration."
_IGNORES = "ignores this difference in this project"
_TONES = {"+": "good", "-": "bad", "~": "warn"}


def drift_html(drift: DriftShape) -> str:
    """Show the drift as a colored list of operations, with noise and notes below."""
    return page(drift_piece(drift))


def drift_piece(drift: DriftShape) -> str:
    """Show the drift without its style, for a larger page."""
    said = [
        *(f"Not compared: {part}" for part in drift.not_compared),
        *(f"Note: {note}" for note in drift.notes),
    ]
    notes = "".join(f'<p class="sl-muted">{escape(line)}</p>' for line in said)
    below = noise_piece(tuple(drift.noise)) + ignored_piece(tuple(drift.ignored))
    below += others_piece(drift.others) + notes
    if not drift.operations:
        return box("good", f"<p>✓ {NO_DRIFT}</p>") + below
    return f'<p class="sl-lead">{_lead(drift)}</p>{operations_piece(drift.operations)}{below}'


def drift_text(drift: DriftShape) -> str:
    """Say the drift in plain lines."""
    lead = [_lead(drift), operations_text(drift.operations)] if drift.operations else [NO_DRIFT]
    below = [
        *_noise_lines(tuple(drift.noise)),
        *ignored_lines(tuple(drift.ignored)),
        *others_lines(drift.others),
    ]
    below += [f"Not compared: {visible(part)}" for part in drift.not_compared]
    return "\n".join([*lead, *below, *(f"Note: {visible(note)}" for note in drift.notes)])


def operations_piece(operations: Sequence[OperationShape]) -> str:
    """Show operations as a colored list; the symbols repeat what the colors say."""
    return symbols("".join(_operation(operation) for operation in operations))


def operations_text(operations: Sequence[OperationShape]) -> str:
    """Say each operation in one line."""
    return "\n".join(
        f"{visible(operation.symbol)} {visible(operation.sentence)}" for operation in operations
    )


def noise_html(noise: Sequence[NoiseShape]) -> str:
    """Show all noise on one page."""
    return page(noise_piece(noise) or f'<p class="sl-muted">{NO_NOISE}</p>')


def noise_text(noise: Sequence[NoiseShape]) -> str:
    """Say all noise in plain lines."""
    return "\n".join(_noise_lines(noise)) or NO_NOISE


def noise_piece(noise: Sequence[NoiseShape]) -> str:
    """Show all noise without its style; nothing when there is none."""
    return "".join(
        box(
            "plain",
            f'<p class="sl-lead">≈ False difference: {escape(difference.sentence)}</p>',
            f"<p>{escape(difference.why)}</p>",
            f"<p><code>{escape(difference.call)}</code> "
            f'<span class="sl-muted">{_IGNORES}</span></p>',
        )
        for difference in noise
    )


def _lead(drift: DriftShape) -> str:
    return f"{count(len(drift.operations), 'operation')} would make the database match the models:"


def _operation(operation: OperationShape) -> str:
    tone = _TONES.get(operation.symbol, "plain")
    symbol = f'<span class="sl-symbol">{escape(operation.symbol)}</span>'
    return f'<li class="sl-{tone}">{symbol} {escape(operation.sentence)}</li>'


def _noise_lines(noise: Sequence[NoiseShape]) -> list[str]:
    return [
        line
        for difference in noise
        for line in (
            f"≈ False difference: {visible(difference.sentence)}",
            f"  {visible(difference.why)} {visible(difference.call)} {_IGNORES}.",
        )
    ]


def ignored_piece(ignored: Sequence[NoiseShape]) -> str:
    """Show the differences that the project ignores, folded; nothing when there are none."""
    if not ignored:
        return ""
    items = "".join(
        f"<p>{escape(difference.sentence)} <code>{escape(difference.call)}</code></p>"
        for difference in ignored
    )
    return details(_ignored_lead(ignored), items)


def ignored_lines(ignored: Sequence[NoiseShape]) -> list[str]:
    """Say the differences that the project ignores, each with the call that stops that."""
    if not ignored:
        return []
    items = (f"  {visible(difference.sentence)}: {visible(difference.call)}"
             for difference in ignored)  # fmt: skip
    return [f"{_ignored_lead(ignored)}:", *items]


def _ignored_lead(ignored: Sequence[NoiseShape]) -> str:
    return f"{count(len(ignored), 'difference')} ignored in this project"


NAMED = 5
"""How many tables of others are named in one line."""


def others_piece(others: Sequence[str]) -> str:
    """Say which tables are left alone, in one line; nothing when there are none."""
    if not others:
        return ""
    said = f"{escape(_others_lead(others))} <code>{escape(_own_call(others))}</code> {_OWNS}."
    return f'<p class="sl-muted">{said}</p>'


def others_lines(others: Sequence[str]) -> list[str]:
    """Say which tables are left alone, in one line; nothing when there are none."""
    if not others:
        return []
    return [f"{visible(_others_lead(others))} {visible(_own_call(others))} {_OWNS}."]


_OWNS = "adds a table to this project"


def _others_lead(others: Sequence[str]) -> str:
    verb = "is" if len(others) == 1 else "are"
    named = ", ".join([*others[:NAMED], *(["…"] if others[NAMED:] else [])])
    return f"{count(len(others), 'table')} {verb} not this project's: {named}."


def _own_call(others: Sequence[str]) -> str:
    return f"lab.own({others[0]!r})"

"""A list of operations: symbol and sentence."""

from collections.abc import Sequence

from schema_lab.views.html import escape, symbols
from schema_lab.views.plain import visible
from schema_lab.views.shapes import OperationShape

_TONES = {"+": "good", "-": "bad", "~": "warn"}


def html(operations: Sequence[OperationShape]) -> str:
    """Colour a list as one piece; the symbol stays, so that colour is never alone."""
    return symbols("".join(_item(o) for o in operations))


def text(operations: Sequence[OperationShape]) -> str:
    """Say each operation in one line."""
    return "\n".join(f"{visible(o.symbol)} {visible(o.sentence)}" for o in operations)


def _item(operation: OperationShape) -> str:
    tone = _TONES.get(operation.symbol, "plain")
    symbol = f'<span class="sl-symbol">{escape(operation.symbol)}</span>'
    return f'<li class="sl-{tone}">{symbol} {escape(operation.sentence)}</li>'

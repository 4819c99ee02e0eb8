"""How does it look? Values in, escaped HTML and plain text out.

Each module is named after what it shows. `…_html` is a page complete with its style, `…_piece` is
a part of a larger page, `…_text` is plain text.
"""

from schema_lab.views import (
    candidate,
    code,
    comparison,
    diagrams,
    drift,
    findings,
    history,
    html,
    losses,
    plain,
    questions,
    rehearsal,
    roundtrip,
    rows,
    run,
    snapshot,
    status,
    style,
    without_buttons,
)

__all__ = [
    "candidate",
    "code",
    "comparison",
    "diagrams",
    "drift",
    "findings",
    "history",
    "html",
    "losses",
    "plain",
    "questions",
    "rehearsal",
    "roundtrip",
    "rows",
    "run",
    "snapshot",
    "status",
    "style",
    "without_buttons",
]

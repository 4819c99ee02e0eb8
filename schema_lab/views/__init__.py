"""How does it look? Values in, escaped HTML and plain text out."""

from schema_lab.views import (
    candidate,
    code,
    drift,
    error,
    findings,
    history,
    html,
    losses,
    operations,
    plain,
    revision,
    rows,
    run,
    snapshot,
    status,
    style,
)

__all__ = [
    "candidate",
    "code",
    "drift",
    "error",
    "findings",
    "history",
    "html",
    "losses",
    "operations",
    "plain",
    "revision",
    "rows",
    "run",
    "snapshot",
    "status",
    "style",
]

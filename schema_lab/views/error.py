"""How an error looks: the fact, the cure, the details folded."""

from schema_lab.views.html import box, details, escape, page
from schema_lab.views.plain import visible


def html(fact: str, cure: str, details: str = "") -> str:
    """Show the error in a box.

    Examples
    --------
    >>> "&lt;b&gt;" in html("No revision <b>.", "Choose one of the history.")
    True
    """
    return page(piece(fact, cure, details))


def piece(fact: str, cure: str, more: str = "") -> str:
    """Show the error without its style, for a larger page."""
    shown = box(
        "bad",
        f'<p class="sl-lead">✗ {escape(fact)}</p>',
        f"<p>{escape(cure)}</p>" if cure else "",
        details("Details", f"<pre>{escape(more)}</pre>") if more else "",
    )
    return f'<div role="alert">{shown}</div>'


def text(fact: str, cure: str, details: str = "") -> str:
    """Say the error in plain lines."""
    return "\n".join(visible(line, keep="\n\t") for line in (fact, cure, details) if line)

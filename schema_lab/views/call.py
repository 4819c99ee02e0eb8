"""How lines of code look that do the same as a button: ready to be copied into a cell."""

from collections.abc import Sequence

from schema_lab.views.code import block
from schema_lab.views.html import escape, page


def html(lines: Sequence[str], said: str = "In code") -> str:
    """Show lines of code under a word, complete with their style."""
    return page(piece(lines, said))


def piece(lines: Sequence[str], said: str = "In code") -> str:
    """Show lines of code without their style, for a larger page; nothing when there is none.

    Examples
    --------
    >>> piece([])
    ''
    """
    if not lines:
        return ""
    code = "\n".join(lines).replace("\n\n", "\n")
    body = block(code).replace("<pre>", '<pre tabindex="0">').replace("\n</pre>", "</pre>")
    return f'<div class="sl-call"><span class="sl-muted">{escape(said)}</span>{body}</div>'

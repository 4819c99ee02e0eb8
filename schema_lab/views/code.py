"""How code looks: one block, the lines that do the same as buttons, the difference of two texts."""

from collections.abc import Iterator, Sequence
from difflib import unified_diff

from schema_lab.views.html import escape, page
from schema_lab.views.plain import visible
from schema_lab.views.shapes import DiffShape

NO_DIFFERENCES = "No differences."
_LINE_CLASSES = {"+": "sl-come", "-": "sl-gone", "@": "sl-muted"}


def highlight(code: str, language: str = "python") -> str:
    """Color code, complete with its style.

    Parameters
    ----------
    code
        The source text; it is escaped.
    language
        A name that pygments knows: "python" or "sql".

    Examples
    --------
    >>> "&lt;script&gt;" in highlight("-- <script>", "sql")
    True
    """
    return page(block(code, language))


def block(code: str, language: str = "python") -> str:
    """Color code without its style, for a larger page."""
    from pygments import highlight as colored
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import get_lexer_by_name

    lexer = get_lexer_by_name(language, stripnl=False, ensurenl=False)
    body = colored(visible(code, keep="\n\t"), lexer, HtmlFormatter(nowrap=True))
    return f'<div class="highlight"><pre>{body}</pre></div>'


def reachable(code_html: str) -> str:
    """Let the keyboard reach code that scrolls."""
    return code_html.replace("<pre>", '<pre tabindex="0">')


def calls_piece(lines: Sequence[str], label: str = "In code") -> str:
    """Show lines of code, ready to be copied into a cell; nothing when there are none.

    Examples
    --------
    >>> calls_piece([])
    ''
    """
    if not lines:
        return ""
    code = "\n".join(lines).replace("\n\n", "\n")
    body = reachable(block(code)).replace("\n</pre>", "</pre>")
    return f'<div class="sl-call"><span class="sl-muted">{escape(label)}</span>{body}</div>'


def record_piece(lines: Sequence[str]) -> str:
    """Show lines of code that were run: the newest stands on top, a copy has them in order.

    Examples
    --------
    >>> shown = record_piece(["lab.upgrade()", "lab.downgrade()"])
    >>> shown.index("upgrade") < shown.index("downgrade")
    True
    >>> record_piece([])
    ''
    """
    if not lines:
        return ""
    label = "The newest line is on top. A copy has the lines in order: run it in a cell."
    blocks = (block(line).replace("\n</pre>", "</pre>") for line in lines)
    steps = "".join(f"<div>{each}</div>" for each in blocks)
    return (
        f'<p class="sl-muted">{escape(label)}</p>'
        f'<div class="sl-steps" role="group" aria-label="Your actions as code" tabindex="0">'
        f"{steps}</div>"
    )


def diff_text(diff: DiffShape) -> str:
    """Say the difference of two texts as `diff -u` does."""
    return "\n".join(visible(line, keep="\t") for line in _diff_lines(diff)) or NO_DIFFERENCES


def diff_html(diff: DiffShape) -> str:
    """Show the difference of two texts with colored lines; their signs stay."""
    return page(diff_piece(diff))


def diff_piece(diff: DiffShape) -> str:
    """Show the difference of two texts without its style, for a larger page."""
    lines = list(_diff_lines(diff))
    if not lines:
        return f'<p class="sl-muted">{NO_DIFFERENCES}</p>'
    body = "\n".join(map(_diff_line, lines))
    return f'<div class="highlight sl-diff"><pre>{body}</pre></div>'


def _diff_lines(diff: DiffShape) -> Iterator[str]:
    before, after = diff.before.splitlines(), diff.after.splitlines()
    return unified_diff(before, after, diff.was, diff.now, lineterm="")


def _diff_line(line: str) -> str:
    name = _LINE_CLASSES.get(line[:1], "")
    return f'<span class="{name}">{escape(line)}</span>' if name else escape(line)

"""Code in the colours of the theme."""

from pygments import highlight as _highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name

from schema_lab.views.html import page
from schema_lab.views.plain import visible


def highlight(code: str, language: str = "python") -> str:
    """Colour code, complete with its style.

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
    """Colour code without its style, for a larger page."""
    lexer = get_lexer_by_name(language, stripnl=False, ensurenl=False)
    body = _highlight(visible(code, keep="\n\t"), lexer, HtmlFormatter(nowrap=True))
    return f'<div class="highlight"><pre>{body}</pre></div>'

"""Pieces of escaped HTML, and the one wrapper around them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from hashlib import sha256
from html import escape as _escape

from schema_lab.views import style
from schema_lab.views.plain import visible

LONGEST_CELL = 200
"""Characters of a cell that are shown; the rest is cut, with an ellipsis."""


def escape(text: object) -> str:
    """Make HTML show a text as it is, in a body and in a quoted attribute.

    Examples
    --------
    >>> escape("<script>")
    '&lt;script&gt;'
    """
    return _escape(visible(text, keep="\n\t"), quote=True)


def page(*pieces: str) -> str:
    """Wrap pieces of HTML with the style that they need."""
    body = "".join(pieces)
    return f'<div class="schema-lab"><style>{style.used_by(body)}</style>{body}</div>'


def badge(text: object, tone: str = "plain") -> str:
    """Put a word into a coloured lozenge; `tone` is plain, good, warn or bad."""
    return f'<span class="sl-badge sl-{tone}">{escape(text)}</span>'


def muted(text: object) -> str:
    """Let a sentence stand back."""
    return f'<p class="sl-muted">{escape(text)}</p>'


def box(tone: str, *pieces: str) -> str:
    """Let pieces stand out; `tone` is plain, good, warn or bad."""
    return f'<div class="sl-box sl-{tone}">{"".join(pieces)}</div>'


def symbols(items: str) -> str:
    """List items that begin with a symbol: no bullet stands beside it, also without a sheet."""
    return f'<ul class="sl-operations" style="list-style: none">{items}</ul>'


def details(summary: str, body: str, opened: bool = False) -> str:
    """Fold a body (HTML) away under its summary (text)."""
    mark = " open" if opened else ""
    return f"<details{mark}><summary>{escape(summary)}</summary>{body}</details>"


def tabs(sections: Mapping[str, str]) -> str:
    """Put sections (title: HTML) beside each other, the first one open.

    They are what unfolds; a style sheet makes tabs of it, where there is one. A name binds them, so
    that one is open at a time. The name is made of what is in them, so that a cell which is run
    again shows the same bytes; two displays of one value on a page share it.
    """
    name = f"sl-{sha256(''.join(sections.values()).encode()).hexdigest()[:8]}"
    parts = (
        f'<details name="{name}"{" open" if number == 0 else ""}><summary>{escape(title)}</summary>'
        f"<div>{body}</div></details>"
        for number, (title, body) in enumerate(sections.items())
    )
    return f'<div class="sl-tabs">{"".join(parts)}</div>'


def table(
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    caption: str = "",
    right: Collection[str] = (),
) -> str:
    """Show plain values as a table, as one piece; numbers, and the columns `right`, to the right.

    Examples
    --------
    >>> table(["id"], [[1]])  # doctest: +ELLIPSIS
    '<div class="sl-scroll"><table>...<td class="sl-number">1</td>...</table></div>'
    """
    listed = [tuple(row) for row in rows]
    values = zip(*listed, strict=True) if listed else ((),) * len(columns)
    numbers = [are_numbers(column) for column in values]
    to_right = [name in right or number for name, number in zip(columns, numbers, strict=True)]
    heads = [head(one, right=here) for one, here in zip(columns, to_right, strict=True)]
    cells = [
        [cell(value, right=here) for value, here in zip(row, to_right, strict=True)]
        for row in listed
    ]
    return table_of(heads, cells, caption)


def are_numbers(values: Iterable[object]) -> bool:
    """Tell whether all values are numbers, NULL left out; there has to be one."""
    kinds = {type(value) for value in values if value is not None}
    return bool(kinds) and kinds <= {int, float}


def head(name: str, below: str = "", *, right: bool = False) -> str:
    """Show the name of a column as its head, with more HTML below."""
    mark = ' class="sl-number"' if right else ""
    return f'<th scope="col"{mark}>{escape(name)}{below}</th>'


def table_of(heads: Sequence[str], rows: Iterable[Sequence[str]], caption: str = "") -> str:
    """Make a table of heads and of rows of cells, each of them an element of HTML."""
    body = "".join(f"<tr>{''.join(row)}</tr>" for row in rows)
    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    return (
        f'<div class="sl-scroll"><table>{title}<thead><tr>{"".join(heads)}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def table_html(columns: Sequence[str], rows: Iterable[Sequence[object]], caption: str = "") -> str:
    """Show plain values as a table, complete with its style.

    `None` is shown as NULL, long values are cut, numbers stand to the right.
    """
    return page(table(columns, rows, caption))


def cell(value: object, *, right: bool = False) -> str:
    """Show a plain value as a cell; None is NULL; a number, or what goes with some, is `right`."""
    if value is None:
        return '<td class="sl-null">NULL</td>'
    if right or (isinstance(value, (int, float)) and not isinstance(value, bool)):
        return f'<td class="sl-number">{escape(_cut(str(value)))}</td>'
    return f"<td>{escape(_cut(str(value)))}</td>"


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - 1] + "…"

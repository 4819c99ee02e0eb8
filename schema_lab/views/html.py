"""Pieces of escaped HTML, and the one wrapper around them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from hashlib import sha256
from html import escape as _escape

from schema_lab.views import style
from schema_lab.views.plain import visible

LONGEST_CELL = 200
"""Characters of a cell that are shown; longer values end with an ellipsis."""


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
    """Put a word into a colored badge; `tone` is plain, good, warn or bad."""
    return f'<span class="sl-badge sl-{tone}">{escape(text)}</span>'


def muted(text: object) -> str:
    """Show a sentence in a fainter color."""
    return f'<p class="sl-muted">{escape(text)}</p>'


def box(tone: str, *pieces: str) -> str:
    """Put pieces into a box; `tone` is plain, good, warn or bad."""
    return f'<div class="sl-box sl-{tone}">{"".join(pieces)}</div>'


def alert(fact: str, cure: str, more: str = "") -> str:
    """Show an error in a box: the fact, the cure, and more of it folded (all three text).

    Examples
    --------
    >>> "&lt;b&gt;" in alert("There is no revision <b>.", "Choose one of the history.")
    True
    """
    shown = box(
        "bad",
        f'<p class="sl-lead">✗ {escape(fact)}</p>',
        f"<p>{escape(cure)}</p>" if cure else "",
        details("Details", f"<pre>{escape(more)}</pre>") if more else "",
    )
    return f'<div role="alert">{shown}</div>'


def symbols(items: str) -> str:
    """List items that begin with a symbol, without bullets, also where the style is stripped."""
    return f'<ul class="sl-operations" style="list-style: none">{items}</ul>'


def details(summary: str, body: str, opened: bool = False) -> str:
    """Fold a body (HTML) under its summary (text)."""
    mark = " open" if opened else ""
    return f"<details{mark}><summary>{escape(summary)}</summary>{body}</details>"


def tabs(sections: Mapping[str, str]) -> str:
    """Put sections (title: HTML) beside each other, the first one open.

    Each section is a `details` element, which the style sheet turns into a tab. They share a name,
    so that only one is open at a time. The name is a hash of the content, so that a cell that runs
    again shows the same bytes; two displays of one value on a page share the name.
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
    """Show plain values as a table, as one piece; numbers and the columns `right` align right.

    Examples
    --------
    >>> table(["id"], [[1]])  # doctest: +ELLIPSIS
    '<div class="sl-scroll"><table>...<td class="sl-number">1</td>...</table></div>'
    """
    listed = [tuple(row) for row in rows]
    values = zip(*listed, strict=True) if listed else ((),) * len(columns)
    numbers = [are_numbers(column) for column in values]
    to_right = [name in right or number for name, number in zip(columns, numbers, strict=True)]
    heads = [head(name, right=here) for name, here in zip(columns, to_right, strict=True)]
    cells = [
        [cell(value, right=here) for value, here in zip(row, to_right, strict=True)]
        for row in listed
    ]
    return table_of(heads, cells, caption)


def are_numbers(values: Iterable[object]) -> bool:
    """Tell whether all values except NULL are numbers; there must be at least one."""
    kinds = {type(value) for value in values if value is not None}
    return bool(kinds) and kinds <= {int, float}


def head(name: str, below: str = "", *, right: bool = False) -> str:
    """Show the name of a column as its header, with more HTML below."""
    mark = ' class="sl-number"' if right else ""
    return f'<th scope="col"{mark}>{escape(name)}{below}</th>'


def table_of(heads: Sequence[str], rows: Iterable[Sequence[str]], caption: str = "") -> str:
    """Make a table of headers and of rows of cells, each of them an element of HTML."""
    body = "".join(f"<tr>{''.join(row)}</tr>" for row in rows)
    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    return (
        f'<div class="sl-scroll"><table>{title}<thead><tr>{"".join(heads)}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def table_html(columns: Sequence[str], rows: Iterable[Sequence[object]], caption: str = "") -> str:
    """Show plain values as a table, complete with its style.

    `None` is shown as NULL, long values are cut, numbers align right.
    """
    return page(table(columns, rows, caption))


def cell(value: object, *, right: bool = False) -> str:
    """Show a plain value as a cell; None is NULL; numbers align right, others where asked."""
    if value is None:
        return '<td class="sl-null">NULL</td>'
    if right or (isinstance(value, (int, float)) and not isinstance(value, bool)):
        return f'<td class="sl-number">{escape(_cut(str(value)))}</td>'
    return f"<td>{escape(_cut(str(value)))}</td>"


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - 1] + "…"

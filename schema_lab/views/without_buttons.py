"""What stands in the place of a panel where its buttons cannot: in a stored notebook, on GitHub.

Nothing of it depends on the state of the lab, so that a notebook which is run again stores the
same bytes.
"""

from schema_lab.views.code import block
from schema_lab.views.html import escape, page
from schema_lab.views.plain import visible

CODE = {
    "lab": "where it stands",
    "lab.drift()": "What changed",
    'candidate = lab.autogenerate("What it is for")': "Autogenerate",
    "candidate": "its code, its SQL, its findings",
    "candidate.rehearse()": "Rehearse",
    "candidate.write()": "Write revision",
    "lab.upgrade()": "Upgrade",
    'lab.losses("downgrade", "-1")': "what Downgrade one would drop",
    "lab.downgrade()": "Downgrade one",
    "lab.history()": "History",
    "lab.tables()": "Tables",
}
"""Lines of code, each with the part of the panel that does the same."""

_WHERE = (
    "JupyterLab and Jupyter Notebook show its buttons here once this cell is run; VS Code needs its"
    " Jupyter extension for them."
)
_SAME = "The same in code, each line in a cell of its own:"


def bundle(dialect: str) -> dict[str, str]:
    """Say where the buttons are, and the code that does the same, as HTML and as text.

    Examples
    --------
    >>> forms = bundle("<b>")
    >>> "lab.upgrade()" in forms["text/plain"], "&lt;b&gt;" in forms["text/html"]
    (True, True)
    """
    return {"text/html": html(dialect), "text/plain": text(dialect)}


def html(dialect: str) -> str:
    """Say it as a page, complete with its style."""
    lead = f'<p class="sl-lead">{escape(_lead(dialect))}</p>'
    words = f"<p>{escape(_WHERE)}</p><p>{escape(_SAME)}</p>"
    return page(lead, words, block("\n".join(_lines())))


def text(dialect: str) -> str:
    """Say it in plain lines."""
    return "\n".join([visible(_lead(dialect)), _WHERE, _SAME, *(f"    {one}" for one in _lines())])


def _lead(dialect: str) -> str:
    whose = f" for this database ({dialect})" if dialect else ""
    return f"A panel of buttons{whose}."


def _lines() -> list[str]:
    widest = max(map(len, CODE))
    return [f"{code:{widest}}  # {part}" for code, part in CODE.items()]

"""What replaces a panel where its buttons cannot be shown: in a stored notebook, on GitHub.

None of it depends on the state of the lab, so that a notebook that runs again stores the same
bytes.
"""

from schema_lab.views.code import block
from schema_lab.views.html import escape, page
from schema_lab.views.plain import visible

CODE = {
    "lab": "Current state",
    "lab.drift()": "Differences",
    'candidate = lab.autogenerate("Add a city")': "Autogenerate",
    "candidate": "its code, its SQL, its risks",
    "candidate.rehearse()": "Rehearse candidate",
    "candidate.write()": "Write revision",
    "lab.upgrade()": "Upgrade",
    'lab.losses("downgrade", "-1")': "what Downgrade one would drop",
    "lab.downgrade()": "Downgrade one",
    "lab.history()": "History",
    "lab.tables()": "Tables",
}
"""Lines of code, each with the part of the panel that does the same."""

_HOW_TO_SEE = (
    "Run this cell in JupyterLab or Jupyter Notebook to see the buttons here. VS Code needs its"
    " Jupyter extension to show them."
)
_SAME_AS_CODE = "The same actions as code, one line per cell:"


def bundle(dialect: str) -> dict[str, str]:
    """Say how to see the buttons, and the code that does the same, as HTML and as text.

    Examples
    --------
    >>> forms = bundle("<b>")
    >>> "lab.upgrade()" in forms["text/plain"], "&lt;b&gt;" in forms["text/html"]
    (True, True)
    """
    return {"text/html": html(dialect), "text/plain": text(dialect)}


def html(dialect: str) -> str:
    """Show it as a page, complete with its style."""
    lead = f'<p class="sl-lead">{escape(_lead(dialect))}</p>'
    words = f"<p>{escape(_HOW_TO_SEE)}</p><p>{escape(_SAME_AS_CODE)}</p>"
    return page(lead, words, block("\n".join(_lines())))


def text(dialect: str) -> str:
    """Say it in plain lines."""
    lines = [f"    {line}" for line in _lines()]
    return "\n".join([visible(_lead(dialect)), _HOW_TO_SEE, _SAME_AS_CODE, *lines])


def _lead(dialect: str) -> str:
    database = f" for this database ({dialect})" if dialect else ""
    return f"A panel of buttons{database}."


def _lines() -> list[str]:
    widest = max(map(len, CODE))
    return [f"{code:{widest}}  # {part}" for code, part in CODE.items()]

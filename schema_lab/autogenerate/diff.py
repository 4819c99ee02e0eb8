"""What differs between two texts: code before and after an answer, a schema before and after."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from schema_lab.views import diff as view


@dataclass(frozen=True)
class Diff:
    r"""Two texts and their difference; false when there is none.

    Examples
    --------
    >>> Diff("id", "id\nplan", "before", "after")
    --- before
    +++ after
    @@ -1 +1,2 @@
     id
    +plan
    """

    before: str
    after: str
    was: str
    now: str

    def __bool__(self) -> bool:
        return self.before != self.after

    def __repr__(self) -> str:
        return view.text(self)

    def _repr_html_(self) -> str:
        return view.html(self)


def functions_of(code: str) -> str:
    r"""Take `upgrade()` and `downgrade()` from a script; the whole where it cannot be read.

    Examples
    --------
    >>> functions_of("import os\ndef upgrade():\n    pass")
    'def upgrade():\n    pass'
    """
    try:
        body = ast.parse(code).body
    except SyntaxError:
        return code
    ends = [one.lineno - 1 for one in body[1:]] + [None]
    lines = code.splitlines()
    parts = {
        one.name: "\n".join(_without_docstring(one, lines, end)).rstrip()
        for one, end in zip(body, ends, strict=True)
        if isinstance(one, ast.FunctionDef)
    }
    names = [name for name in ("upgrade", "downgrade") if name in parts]
    return "\n\n\n".join(parts[name] for name in names)


def _without_docstring(one: ast.FunctionDef, lines: list[str], end: int | None) -> list[str]:
    """Give a function's lines, comments at its end too; the template gives it a docstring."""
    said = one.body[0]
    if ast.get_docstring(one) is None or len(one.body) == 1:
        return lines[one.lineno - 1 : end]
    return [*lines[one.lineno - 1 : said.lineno - 1], *lines[said.end_lineno : end]]

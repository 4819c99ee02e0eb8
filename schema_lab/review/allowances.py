"""`# schema_lab: allow SL101: reason` in a script: which findings it allows, and where."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass

_COMMENT = re.compile(r"#\s*schema_lab:\s*allow\b\s*([\w\s,-]*?)\s*(?::\s*(.*?)\s*)?$")


@dataclass(frozen=True)
class Allowance:
    """A code that a comment allows, from `first` to `last` line; ignored without a reason.

    `whole` says that the comment is at the top of `upgrade()` and applies to all of it.
    """

    code: str
    reason: str
    line: int
    first: int
    last: int
    whole: bool = False

    def covers(self, code: str, line: int | None) -> bool:
        """Tell whether a finding is allowed."""
        here = line is not None and self.first <= line <= self.last
        return bool(self.reason) and code == self.code and (self.whole or here)


def allowances_in(source: str) -> tuple[Allowance, ...]:
    """Read the comments of a script. Read-only.

    Examples
    --------
    >>> source = '''def upgrade():
    ...     # schema_lab: allow SL101: the column was never read
    ...     op.drop_column("users", "plan")
    ... '''
    >>> (allowance,) = allowances_in(source)
    >>> allowance.code, allowance.reason, allowance.whole
    ('SL101', 'the column was never read', True)
    """
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return ()
    return tuple(
        Allowance(code, reason, line, *_range(tree, line))
        for line, text in _comments(source)
        if (match := _COMMENT.match(text))
        for code, reason in _said(match)
    )


def _said(match: re.Match[str]) -> Iterator[tuple[str, str]]:
    codes = [code for code in re.split(r"[\s,]+", match[1]) if code]
    for code in codes or [""]:
        yield code, match[2] or ""


def _comments(source: str) -> Iterator[tuple[int, str]]:
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def _range(tree: ast.Module, line: int) -> tuple[int, int, bool]:
    """Return the lines to which a comment applies: all of upgrade(), or a single statement."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and _is_at_top(node, line):
            return node.lineno, node.end_lineno or line, node.name == "upgrade"
    found = [statement for statement in ast.walk(tree) if isinstance(statement, ast.stmt)]
    beside = [
        statement for statement in found if statement.lineno <= line <= (statement.end_lineno or 0)
    ]
    plain = [
        statement
        for statement in beside
        if not hasattr(statement, "body") or statement.lineno == line
    ]
    below = [statement for statement in found if statement.lineno > line]
    chosen = (
        plain[-1] if plain else min(below, key=lambda statement: statement.lineno, default=None)
    )
    if chosen is None:
        return line, line, False
    return chosen.lineno, chosen.end_lineno or chosen.lineno, False


def _is_at_top(function: ast.FunctionDef, line: int) -> bool:
    """Tell whether a line is between the function's head and its first statement."""
    body = [statement for statement in function.body if not _is_docstring(statement)]
    first = body[0].lineno if body else (function.end_lineno or 0) + 1
    return function.lineno < line < first


def _is_docstring(statement: ast.stmt) -> bool:
    value = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(value, ast.Constant) and isinstance(value.value, str)

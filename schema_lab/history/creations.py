"""Which tables a revision's code surely creates, read from its syntax tree. Nothing runs."""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from schema_lab.history.files import Files

_CANNOT_REMOVE = frozenset(
    {
        *("add_column", "alter_column", "bulk_insert", "create_check_constraint"),
        *("create_foreign_key", "create_index", "create_primary_key", "create_table"),
        *("create_table_comment", "create_unique_constraint", "get_bind", "get_context"),
    }
)
_REMOVES = re.compile(r"\b(drop|rename|alter)\b", re.IGNORECASE)


Table = tuple[str | None, str]
"""A table's schema (None for the default one) and name."""


def created_first(path: Path) -> tuple[Table, ...]:
    """List the tables that `upgrade()` creates before anything could have removed one. Read-only.

    Where one of them is there already, this `upgrade()` must fail. What says `if_not_exists` or
    stands under an `if` does not count.
    """
    return tuple(_created(_until_doubtful(_body(path))))


def surely_created(paths: Iterable[str]) -> frozenset[Table]:
    """List the tables that revisions create and none of them drops or renames. Read-only."""
    effects = [_EFFECTS.get(path) for path in paths if path.endswith(".py")]
    created = {table for made, _ in effects for table in made}
    removed = {text for _, texts in effects for text in texts}
    return frozenset(
        table for table in created if not any(_is_named(table[1], text) for text in removed)
    )


def _body(path: Path) -> list[ast.stmt]:
    return _upgrade(path.read_bytes()) if path.suffix == ".py" else []


def _effects(path: str, content: bytes) -> tuple[tuple[Table, ...], tuple[str, ...]]:
    """List the tables that `upgrade()` creates, and the texts with which it removes some."""
    body = _upgrade(content)
    return tuple(_created(body)), tuple(_texts_that_remove(body))


def _upgrade(content: bytes) -> list[ast.stmt]:
    for node in ast.parse(content).body:
        if isinstance(node, ast.FunctionDef) and node.name == "upgrade":
            return node.body
    return []


def _until_doubtful(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for statement in body:
        if not _harmless(statement):
            return
        yield statement


def _harmless(statement: ast.stmt) -> bool:
    call = _call(statement)
    if call is None:
        docstring = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
        return docstring or isinstance(statement, ast.Pass)
    name = _name(call)
    if name == "execute":
        return not any(_REMOVES.search(text) for text in _texts(call))
    return name in _CANNOT_REMOVE


def _created(body: Iterable[ast.stmt]) -> Iterator[Table]:
    for statement in body:
        call = _call(statement)
        if call is not None and _name(call) == "create_table" and call.args:
            table = _text(call.args[0])
            named = {one.arg: one.value for one in call.keywords}
            if table and "if_not_exists" not in named:
                yield _text(named.get("schema")) or None, table


def _texts_that_remove(body: list[ast.stmt]) -> Iterator[str]:
    """Give the first text of each call that removes or renames, and SQL that may."""
    for statement in body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Call) and _name(node) in ("drop_table", "rename_table"):
                yield next(_texts(node), "")
            elif isinstance(node, ast.Call) and _name(node) == "execute":
                yield from (text for text in _texts(node) if _REMOVES.search(text))


def _is_named(table: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(table)}(?!\w)", text) is not None


def _call(statement: ast.stmt) -> ast.Call | None:
    value = statement.value if isinstance(statement, ast.Expr | ast.Assign) else None
    return value if isinstance(value, ast.Call) else None


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def _texts(call: ast.Call) -> Iterator[str]:
    return (n.value for n in ast.walk(call) if isinstance(n, ast.Constant) and type(n.value) is str)


def _text(node: ast.expr | None) -> str:
    value = node.value if isinstance(node, ast.Constant) else None
    return value if isinstance(value, str) else ""


_EFFECTS = Files(_effects)

"""What a revision's code says it drops, read from its syntax tree. Nothing runs."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_DESTROYING_SQL = re.compile(
    r"\b(drop\s+(?:table|column)|delete\s+from|truncate(?:\s+table)?)\s+[\"`\[]?([\w.]+)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Drop:
    """Something that goes: a whole table (column None), a column, or rows that SQL deletes."""

    table: str
    column: str | None = None
    statement: str = ""


def drops_of(path: Path, direction: str) -> tuple[Drop, ...]:
    """List what `upgrade()` or `downgrade()` of a script drops, in order. Read-only.

    Only what the code says in literals is seen: `op.drop_table("t")`, `op.drop_column("t", "c")`,
    the same inside `op.batch_alter_table("t")`, and SQL text given to `op.execute`.
    """
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == direction:
            return tuple(_drops(node, None))
    return ()


def _drops(node: ast.AST, batch_table: str | None) -> Iterator[Drop]:
    for child in ast.iter_child_nodes(node):
        table = batch_table
        if isinstance(child, ast.With):
            table = _batch_table(child) or batch_table
        if isinstance(child, ast.Call) and isinstance(child.func, ast.Attribute):
            yield from _call(child, child.func.attr, batch_table)
        yield from _drops(child, table)


def _batch_table(node: ast.With) -> str | None:
    call = node.items[0].context_expr
    if isinstance(call, ast.Call) and getattr(call.func, "attr", "") == "batch_alter_table":
        return next(iter(_texts(call)), None)
    return None


def _call(call: ast.Call, name: str, batch_table: str | None) -> Iterator[Drop]:
    texts = _texts(call)
    if name == "drop_table" and texts:
        yield Drop(texts[0])
    elif name == "drop_column" and batch_table and len(texts) == 1:
        yield Drop(batch_table, texts[0])
    elif name == "drop_column" and texts[1:]:
        yield Drop(texts[0], texts[1])
    elif name == "execute":
        for found in (m for text in _all_texts(call) for m in _DESTROYING_SQL.finditer(text)):
            yield Drop(found.group(2), None, found.group(0))


def _texts(call: ast.Call) -> list[str]:
    named = [k.value for k in call.keywords if k.arg in ("table_name", "column_name")]
    values = [*call.args, *named]
    return [v.value for v in values if isinstance(v, ast.Constant) and isinstance(v.value, str)]


def _all_texts(call: ast.Call) -> list[str]:
    return [n.value for n in ast.walk(call) if isinstance(n, ast.Constant) and type(n.value) is str]

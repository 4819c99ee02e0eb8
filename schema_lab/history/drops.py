"""What a revision's code says it drops, read from its syntax tree. Nothing runs."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_PART = r"(?:\"[^\"]+\"|`[^`]+`|\[[^\]]+\]|[\w$]+)"
_NAME = rf"{_PART}(?:\.{_PART})?"
_TABLE_GOES = re.compile(rf"\bdrop\s+table\s+(?:if\s+exists\s+)?({_NAME})", re.IGNORECASE)
_ROWS_GO = re.compile(
    rf"\b(?:delete\s+from|truncate(?:\s+table)?)\s+(?:only\s+)?({_NAME})", re.IGNORECASE
)
_ALTER = re.compile(
    rf"\balter\s+table\s+(?:if\s+exists\s+)?(?:only\s+)?({_NAME})([^;]*)", re.IGNORECASE
)
_COLUMN_GOES = re.compile(
    r"\bdrop\s+(?:column\s+)?(?:if\s+exists\s+)?"
    rf"(?!(?:constraint|index|primary|foreign|key|default|check|not)\b)({_PART})",
    re.IGNORECASE,
)
"""These only name what a person shall confirm; the database itself reads the SQL."""


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
        table = _argument(call, 0, "table_name")
        return None if table is None else _with_schema(call, table)
    return None


def _call(call: ast.Call, name: str, batch_table: str | None) -> Iterator[Drop]:
    if name == "execute":
        for text in _all_texts(call):
            yield from _of_sql(text)
    elif name == "drop_table":
        table = _argument(call, 0, "table_name")
        if table is not None:
            yield Drop(_with_schema(call, table))
    elif name == "drop_column":
        place = 0 if batch_table else 1
        table = batch_table or _argument(call, 0, "table_name")
        column = _argument(call, place, "column_name")
        if table is not None and column is not None:
            yield Drop(_with_schema(call, table), column)


def _of_sql(text: str) -> Iterator[Drop]:
    for found in _TABLE_GOES.finditer(text):
        yield Drop(_plain(found.group(1)))
    for found in _ROWS_GO.finditer(text):
        yield Drop(_plain(found.group(1)), None, " ".join(found.group(0).split()))
    for table, rest in _ALTER.findall(text):
        for column in _COLUMN_GOES.findall(rest):
            yield Drop(_plain(table), _plain(column))


def _plain(name: str) -> str:
    return ".".join(part.strip('"`[]') for part in re.findall(_PART, name))


def _with_schema(call: ast.Call, table: str) -> str:
    schema = _keyword(call, "schema")
    return f"{schema}.{table}" if schema else table


def _argument(call: ast.Call, place: int, keyword: str) -> str | None:
    return _text(call.args[place]) if len(call.args) > place else _keyword(call, keyword)


def _keyword(call: ast.Call, name: str) -> str | None:
    return next((_text(one.value) for one in call.keywords if one.arg == name), None)


def _text(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _all_texts(call: ast.Call) -> list[str]:
    return [n.value for n in ast.walk(call) if isinstance(n, ast.Constant) and type(n.value) is str]

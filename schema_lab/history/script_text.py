"""What a revision's code creates and drops, read from its syntax tree. Nothing runs."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from schema_lab.database.file_cache import Files
from schema_lab.schema.words import TableKey

_CANNOT_REMOVE = frozenset(
    {
        *("add_column", "alter_column", "bulk_insert", "create_check_constraint"),
        *("create_foreign_key", "create_index", "create_primary_key", "create_table"),
        *("create_table_comment", "create_unique_constraint", "get_bind", "get_context"),
    }
)
_REMOVES = re.compile(r"\b(drop|rename|alter)\b", re.IGNORECASE)


def created_first(path: Path) -> tuple[TableKey, ...]:
    """List the tables that `upgrade()` creates before anything could have removed one. Read-only.

    Where such a table already exists, this `upgrade()` must fail. A table with `if_not_exists` or
    under an `if` does not count.
    """
    return tuple(_created(_until_doubtful(_body(path))))


def surely_created(paths: Iterable[str]) -> frozenset[TableKey]:
    """List the tables that revisions create and none of them drops or renames. Read-only."""
    effects = [_EFFECTS.get(path) for path in paths if path.endswith(".py")]
    created = {table for made, _ in effects for table in made}
    removed = {text for _, texts in effects for text in texts}
    return frozenset(
        table for table in created if not any(_is_named(table[1], text) for text in removed)
    )


def _body(path: Path) -> list[ast.stmt]:
    return _upgrade(path.read_bytes()) if path.suffix == ".py" else []


def _effects(path: str, content: bytes) -> tuple[tuple[TableKey, ...], tuple[str, ...]]:
    """List the tables that `upgrade()` creates, and the texts with which it removes some."""
    body = _upgrade(content)
    return tuple(_created(body)), tuple(_texts_that_remove(body))


def _upgrade(content: bytes) -> list[ast.stmt]:
    for node in ast.parse(content).body:
        if isinstance(node, ast.FunctionDef) and node.name == "upgrade":
            return node.body
    return []


def functions_of(script: ast.Module, direction: str) -> list[ast.FunctionDef]:
    """List a script's `upgrade` or `downgrade`, and those of several databases that it calls.

    Alembic's template `multidb` has `upgrade_<name>` for each database, and `upgrade` finds them
    with `globals()`.
    """
    known = [node for node in script.body if isinstance(node, ast.FunctionDef)]
    found = [node for node in known if node.name == direction]
    by_name = any(
        isinstance(part, ast.Name) and part.id == "globals"
        for node in found
        for part in ast.walk(node)
    )
    more = [node for node in known if by_name and node.name.startswith(f"{direction}_")]
    return found + more


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


def _created(body: Iterable[ast.stmt]) -> Iterator[TableKey]:
    for statement in body:
        call = _call(statement)
        if call is not None and _name(call) == "create_table" and call.args:
            table = _text(call.args[0])
            named = {keyword.arg: keyword.value for keyword in call.keywords}
            if table and "if_not_exists" not in named:
                yield TableKey(_text(named.get("schema")) or None, table)


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


_PART = r"(?:\"[^\"]+\"|`[^`]+`|\[[^\]]+\]|[\w$]+)"
_NAME = rf"{_PART}(?:\.{_PART})?"
_DROPS_TABLE = re.compile(rf"\bdrop\s+table\s+(?:if\s+exists\s+)?({_NAME})", re.IGNORECASE)
_DELETES_ROWS = re.compile(
    rf"\b(?:delete\s+from|truncate(?:\s+table)?)\s+(?:only\s+)?({_NAME})", re.IGNORECASE
)
_ALTER = re.compile(
    rf"\balter\s+table\s+(?:if\s+exists\s+)?(?:only\s+)?({_NAME})([^;]*)", re.IGNORECASE
)
_DROPS_COLUMN = re.compile(
    r"\bdrop\s+(?:column\s+)?(?:if\s+exists\s+)?"
    rf"(?!(?:constraint|index|primary|foreign|key|default|check|not)\b)({_PART})",
    re.IGNORECASE,
)
_RENAMES = re.compile(rf"\balter\s+table\s+({_NAME})\s+rename\s+to\s+({_NAME})", re.IGNORECASE)
FORGETS = "-- without the values of "
"""What a line of a copy's SQL begins with, if the copy does not take a column's values along."""

_FORGETS = re.compile(rf"^{FORGETS}({_PART})\.({_PART})$", re.MULTILINE)
COPY_OF = "_alembic_tmp_"
"""What the name of a table's copy begins with, until it takes the table's own."""

"""These only name what the user must accept; the database itself reads the SQL."""


@dataclass(frozen=True)
class Drop:
    """What a script drops: a whole table (column None), a column, or rows that SQL deletes."""

    table: str
    column: str | None = None
    statement: str = ""


def drops_of(path: Path, direction: str) -> tuple[Drop, ...]:
    """List what `upgrade()` or `downgrade()` of a script drops, in order. Read-only.

    Only literals in the code are read: `op.drop_table("t")`, `op.drop_column("t", "c")`,
    the same inside `op.batch_alter_table("t")`, and SQL text given to `op.execute`.
    """
    functions = functions_of(ast.parse(path.read_text(encoding="utf-8")), direction)
    code = "\n".join(ast.unparse(node) for node in functions)
    return tuple(_without_copied((drop for node in functions for drop in _drops(node, None)), code))


def _without_copied(drops: Iterable[Drop], code: str) -> Iterator[Drop]:
    """Leave out a table whose copy takes its name in the same function: its rows stay."""
    renamed = {(_plain(old), _plain(new)) for old, new in _RENAMES.findall(code)}
    for drop in drops:
        copied = (f"{COPY_OF}{drop.table}", drop.table)
        if drop.column is not None or drop.statement or copied not in renamed:
            yield drop


@dataclass(frozen=True)
class TypeChange:
    """A column whose type a script changes.

    Attributes
    ----------
    table, column
        Where.
    code
        The new type, as the script spells it.
    rewrites
        Whether the script computes new values: with PostgreSQL's USING, or by an UPDATE.
    """

    table: str
    column: str
    code: str
    rewrites: bool


def type_changes_of(path: Path, direction: str) -> tuple[TypeChange, ...]:
    """List the columns whose type a script changes by `op.alter_column`, in order. Read-only.

    Only names that are literals, and types such as `sa.String(length=5)`, are read.
    """
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == direction:
            texts = [text for call in _calls(node, "execute") for text in _all_texts(call)]
            return tuple(_type_changes(node, None, texts))
    return ()


def _calls(node: ast.AST, method: str) -> Iterator[ast.Call]:
    for child in ast.walk(node):
        if isinstance(child, ast.Call) and getattr(child.func, "attr", "") == method:
            yield child


def _type_changes(node: ast.AST, batch_table: str | None, texts: list[str]) -> Iterator[TypeChange]:
    for child in ast.iter_child_nodes(node):
        table = _batch_table(child) or batch_table if isinstance(child, ast.With) else batch_table
        if isinstance(child, ast.Call) and getattr(child.func, "attr", "") == "alter_column":
            yield from _type_change(child, batch_table, texts)
        yield from _type_changes(child, table, texts)


def _type_change(call: ast.Call, batch_table: str | None, texts: list[str]) -> Iterator[TypeChange]:
    table = batch_table or _argument(call, 0, "table_name")
    column = _argument(call, 0 if batch_table else 1, "column_name")
    given = {each.arg: each.value for each in call.keywords}
    type_ = given.get("type_")
    if table is None or column is None or type_ is None or not _is_plain(type_):
        return
    full = table if batch_table else _with_schema(call, table)
    update = re.compile(
        rf"\bupdate\b.*{re.escape(full.rpartition('.')[2])}", re.IGNORECASE | re.DOTALL
    )
    rewrites = "postgresql_using" in given or any(update.search(text) for text in texts)
    yield TypeChange(full, column, ast.unparse(type_), rewrites)


def _is_plain(type_: ast.expr) -> bool:
    """Say whether an expression only names and builds a type."""
    plain = (ast.Call, ast.Attribute, ast.Name, ast.Constant, ast.keyword, ast.Load, ast.List)
    return all(isinstance(node, plain) for node in ast.walk(type_))


def _drops(node: ast.AST, batch_table: str | None) -> Iterator[Drop]:
    for child in ast.iter_child_nodes(node):
        table = batch_table
        if isinstance(child, ast.With):
            table = _batch_table(child) or batch_table
        if isinstance(child, ast.Call) and isinstance(child.func, ast.Attribute):
            yield from _drops_by(child, child.func.attr, batch_table)
        yield from _drops(child, table)


def _batch_table(node: ast.With) -> str | None:
    call = node.items[0].context_expr
    if isinstance(call, ast.Call) and getattr(call.func, "attr", "") == "batch_alter_table":
        table = _argument(call, 0, "table_name")
        return None if table is None else _with_schema(call, table)
    return None


def _drops_by(call: ast.Call, name: str, batch_table: str | None) -> Iterator[Drop]:
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
    for found in _DROPS_TABLE.finditer(text):
        yield Drop(_plain(found.group(1)))
    for found in _DELETES_ROWS.finditer(text):
        yield Drop(_plain(found.group(1)), None, " ".join(found.group(0).split()))
    for table, column in forgotten_by(text):
        yield Drop(table, column)
    for table, rest in _ALTER.findall(text):
        for column in _DROPS_COLUMN.findall(rest):
            yield Drop(_plain(table), _plain(column))


def forgotten_by(sql: str) -> Iterator[tuple[str, str]]:
    """Give the columns, with their tables, whose values a copy does not take along.

    Examples
    --------
    >>> list(forgotten_by('-- without the values of "users"."age"'))
    [('users', 'age')]
    """
    for table, column in _FORGETS.findall(sql):
        yield _plain(table), _plain(column)


def _plain(name: str) -> str:
    return ".".join(part.strip('"`[]') for part in re.findall(_PART, name))


def _with_schema(call: ast.Call, table: str) -> str:
    schema = _keyword(call, "schema")
    return f"{schema}.{table}" if schema else table


def _argument(call: ast.Call, place: int, keyword: str) -> str | None:
    return _literal_text(call.args[place]) if len(call.args) > place else _keyword(call, keyword)


def _keyword(call: ast.Call, name: str) -> str | None:
    return next((_literal_text(each.value) for each in call.keywords if each.arg == name), None)


def _literal_text(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _all_texts(call: ast.Call) -> list[str]:
    return [n.value for n in ast.walk(call) if isinstance(n, ast.Constant) and type(n.value) is str]

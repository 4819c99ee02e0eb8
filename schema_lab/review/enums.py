"""Changed members of enums: which are added and removed, and which columns use them. Pure.

A `TypeStep` is an operation on an enum type of PostgreSQL, read from SQL. An `EnumChange` is the
change for a column, on any dialect.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from schema_lab.review.change import Change
from schema_lab.review.effects import altered_columns, type_before
from schema_lab.review.reviewed_operation import ReviewedOperation
from schema_lab.rows import plain_type
from schema_lab.schema.words import TableKey

Members = tuple[str, ...]


@dataclass(frozen=True)
class TypeStep:
    """An operation that adds or removes members of an enum type, or creates a new type.

    `members` are the members of a new type. `columns` are the columns that change to it, each
    with its operation and the members that its USING replaces.
    """

    step: ReviewedOperation
    type: TableKey
    added: Members = ()
    removed: Members = ()
    members: Members | None = None
    columns: tuple[tuple[ReviewedOperation, TableKey, str, Members], ...] = field(default=())


def type_steps(change: Change) -> Iterator[TypeStep]:
    """Yield each change of members in SQL, in order."""
    for step, statement in change.statements():
        words = _words(statement)
        if words is not None:
            name, rest = words
            if _keys(rest, "ADD", "VALUE"):
                texts = _texts(rest)
                yield TypeStep(step, name, added=texts[:1])
            elif _keys(rest, "RENAME", "VALUE"):
                old, new = _texts(rest)[:2]
                yield TypeStep(step, name, added=(new,), removed=(old,))
        made = _made(statement)
        if made is not None:
            columns = tuple(_columns(change, made[0]))
            yield TypeStep(step, made[0], members=made[1], columns=columns)


def members_made(change: Change, name: TableKey) -> Members | None:
    """Return the members of a type before the upgrade, as the downgrade recreates it."""
    for step in change.downgrade:
        for statement in step.sql:
            made = _made(statement)
            if made is not None and made[0] == name:
                return made[1]
    return None


def _words(statement: exp.Expr) -> tuple[TableKey, list[tuple[str, str]]] | None:
    """Split `ALTER TYPE name …`, which sqlglot does not parse, into the name and the rest."""
    if not isinstance(statement, exp.Command) or str(statement.this).upper() != "ALTER":
        return None
    try:
        tokens = sqlglot.tokenize(str(statement.expression), read="postgres")
    except SqlglotError:
        return None
    words = [("text" if token.token_type.name == "STRING" else "", token.text) for token in tokens]
    if [word.upper() for _, word in words[:1]] != ["TYPE"] or not words[1:]:
        return None
    if words[2:3] == [("", ".")] and words[3:]:
        return TableKey(words[1][1], words[3][1]), words[4:]
    return TableKey(None, words[1][1]), words[2:]


def _keys(words: list[tuple[str, str]], *keys: str) -> bool:
    return [word.upper() for kind, word in words[: len(keys)] if not kind] == list(keys)


def _texts(words: list[tuple[str, str]]) -> Members:
    return tuple(word for kind, word in words if kind == "text")


def _made(statement: exp.Expr) -> tuple[TableKey, Members] | None:
    if not isinstance(statement, exp.Create) or statement.kind != "TYPE":
        return None
    type_ = statement.expression
    if not isinstance(type_, exp.DataType) or not type_.is_type("enum"):
        return None
    table = statement.this
    return TableKey(table.db or None, table.name), tuple(
        member.name for member in type_.expressions
    )


def _columns(
    change: Change, name: TableKey
) -> Iterator[tuple[ReviewedOperation, TableKey, str, Members]]:
    """Yield the columns that change to a type, each with the members that it replaces."""
    for step, statement in change.statements():
        if not isinstance(statement, exp.Alter) or not isinstance(statement.this, exp.Table):
            continue
        where = TableKey(statement.this.db or None, statement.this.name)
        for action in statement.args.get("actions") or ():
            if isinstance(action, exp.AlterColumn) and _is_of(action.args.get("dtype"), name):
                using = action.args.get("using")
                moved = using.find_all(exp.If) if using is not None else ()
                texts = tuple(case.this.name for case in moved)
                yield step, where, action.this.name, texts


def _is_of(type_: exp.Expr | None, name: TableKey) -> bool:
    """Tell whether a column has the type itself, not an array of it."""
    if not isinstance(type_, exp.DataType) or type_.args.get("nested"):
        return False
    kind = type_.args.get("kind")
    return str(getattr(kind, "name", kind) or "") == name.name


@dataclass(frozen=True)
class EnumChange:
    """The changed members of a column, or of a type without known columns.

    `before` is None if the members are unknown. `moved` are members whose rows get another member.
    """

    step: ReviewedOperation
    place: TableKey | None
    column: str
    before: Members | None
    after: Members
    moved: Members = ()
    type: str = ""

    @property
    def what(self) -> str:
        """The column or the type, in backticks."""
        return f"`{self.place}.{self.column}`" if self.column else f"type `{self.type}`"

    @property
    def removed(self) -> Members:
        """The removed members."""
        return tuple(member for member in self.before or () if member not in self.after)

    @property
    def added(self) -> Members:
        """The added members."""
        known = self.before
        return (
            () if known is None else tuple(member for member in self.after if member not in known)
        )


def enum_changes(change: Change) -> Iterator[EnumChange]:
    """Yield each column whose enum members change; on PostgreSQL, through its type."""
    for step, place, operation in altered_columns(change):
        after = _members(operation.modify_type)
        if after is not None:
            before = _members(type_before(change, place, operation))
            yield EnumChange(step, place, step.column, before, after)
    if change.dialect == "postgresql":
        for type_step in type_steps(change):
            yield from (
                _in_place(change, type_step)
                if type_step.members is None
                else _anew(change, type_step)
            )
    for step in change.steps:
        yield from _of_library(step)


def _in_place(change: Change, type_step: TypeStep) -> Iterator[EnumChange]:
    """Yield the columns whose type gets a new member, or renames a member."""
    columns = change.live.columns_of_enum(type_step.type) if change.live else ()
    for place, column in columns:
        before = _live_members(change, place, column) or type_step.removed
        after = (*(kept for kept in before if kept not in type_step.removed), *type_step.added)
        yield EnumChange(type_step.step, place, column, before, after, type_step.removed)
    if not columns:
        gone, name = type_step.removed, str(type_step.type)
        yield EnumChange(type_step.step, None, "", gone, type_step.added, moved=gone, type=name)


def _anew(change: Change, type_step: TypeStep) -> Iterator[EnumChange]:
    """Yield the columns that change to a new type."""
    for step, place, column, moved in type_step.columns:
        before = _live_members(change, place, column) or members_made(change, type_step.type)
        yield EnumChange(step, place, column, before, type_step.members or (), moved)


def _live_members(change: Change, place: TableKey, column: str) -> Members | None:
    found = change.live.columns(place).get(column) if change.live else None
    return None if found is None else _members(found.type)


def _of_library(step: ReviewedOperation) -> Iterator[EnumChange]:
    """Read an operation of alembic-postgresql-enum by its attributes: SyncEnumValuesOp."""
    operation: Any = step.operation
    if not hasattr(operation, "affected_columns") or not hasattr(operation, "new_values"):
        return
    for used in operation.affected_columns:
        schema = getattr(used, "table_schema", None)
        place = TableKey(schema if schema not in ("public", "") else None, used.table_name)
        before = tuple(getattr(operation, "old_values", None) or ()) or None
        yield EnumChange(step, place, used.column_name, before, tuple(operation.new_values))


def _members(type_: Any) -> tuple[str, ...] | None:
    found = plain_type(type_)
    return tuple(found.enums) if isinstance(found, sa.Enum) else None

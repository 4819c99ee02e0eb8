"""What SQL of PostgreSQL's does to the members of an enum type. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from schema_lab.review.change import Change
from schema_lab.review.place import Place
from schema_lab.review.step import Step

Members = tuple[str, ...]


@dataclass(frozen=True)
class TypeStep:
    """A step that adds members to a type, takes some from it, or gives the type anew.

    `members` are all of a type that is made; `columns` are put on it by the steps given, with
    the members that their USING replaces.
    """

    step: Step
    type: Place
    added: Members = ()
    removed: Members = ()
    members: Members | None = None
    columns: tuple[tuple[Step, Place, str, Members], ...] = field(default=())


def type_steps(change: Change) -> Iterator[TypeStep]:
    """Give each change of members that stands in SQL, in order."""
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


def members_made(change: Change, name: Place) -> Members | None:
    """Give the members with which the downgrade makes a type: those from before the upgrade."""
    for step in change.downgrade:
        for statement in step.sql:
            made = _made(statement)
            if made is not None and made[0] == name:
                return made[1]
    return None


def _words(statement: exp.Expr) -> tuple[Place, list[tuple[str, str]]] | None:
    """Part `ALTER TYPE name …`, which sqlglot leaves as text, into the name and the rest."""
    if not isinstance(statement, exp.Command) or str(statement.this).upper() != "ALTER":
        return None
    try:
        tokens = sqlglot.tokenize(str(statement.expression), read="postgres")
    except SqlglotError:
        return None
    words = [("text" if one.token_type.name == "STRING" else "", one.text) for one in tokens]
    if [word.upper() for _, word in words[:1]] != ["TYPE"] or not words[1:]:
        return None
    if words[2:3] == [("", ".")] and words[3:]:
        return Place(words[3][1], words[1][1]), words[4:]
    return Place(words[1][1]), words[2:]


def _keys(words: list[tuple[str, str]], *keys: str) -> bool:
    return [word.upper() for kind, word in words[: len(keys)] if not kind] == list(keys)


def _texts(words: list[tuple[str, str]]) -> Members:
    return tuple(word for kind, word in words if kind == "text")


def _made(statement: exp.Expr) -> tuple[Place, Members] | None:
    if not isinstance(statement, exp.Create) or statement.kind != "TYPE":
        return None
    type_ = statement.expression
    if not isinstance(type_, exp.DataType) or not type_.is_type("enum"):
        return None
    table = statement.this
    return Place(table.name, table.db or None), tuple(one.name for one in type_.expressions)


def _columns(change: Change, name: Place) -> Iterator[tuple[Step, Place, str, Members]]:
    """Give the columns that are put on a type, each with the members that it replaces."""
    for step, statement in change.statements():
        if not isinstance(statement, exp.Alter) or not isinstance(statement.this, exp.Table):
            continue
        where = Place(statement.this.name, statement.this.db or None)
        for one in statement.args.get("actions") or ():
            if isinstance(one, exp.AlterColumn) and _is_of(one.args.get("dtype"), name):
                using = one.args.get("using")
                moved = using.find_all(exp.If) if using is not None else ()
                texts = tuple(case.this.name for case in moved)
                yield step, where, one.this.name, texts


def _is_of(type_: exp.Expr | None, name: Place) -> bool:
    """Say whether a column's type is the one; an array of it is not."""
    if not isinstance(type_, exp.DataType) or type_.args.get("nested"):
        return False
    kind = type_.args.get("kind")
    return str(getattr(kind, "name", kind) or "") == name.name

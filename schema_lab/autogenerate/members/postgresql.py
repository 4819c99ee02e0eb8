"""An enum type of PostgreSQL's gets other members, in plain SQL that every env.py can run.

A member is added or renamed in place, at once and without touching a row. One that goes, and one
that the same script uses, need a new type: https://www.postgresql.org/docs/current/sql-altertype.html
"""

from collections.abc import Iterator

from alembic.autogenerate import renderers
from alembic.autogenerate.api import AutogenContext
from alembic.operations import Operations
from sqlalchemy.dialects import postgresql

from schema_lab.autogenerate.members.operation import EnumColumn, Members, MembersOp
from schema_lab.autogenerate.statement import execution
from schema_lab.database import as_text

_QUOTE = postgresql.dialect().identifier_preparer  # type: ignore[no-untyped-call]  # as it is
_OLD = "_former"
_LONGEST = 63


def statements(operation: MembersOp) -> list[str]:
    """Write the SQL of one direction."""
    return list(_anew(operation) if made_anew(operation) else _in_place(operation))


def made_anew(operation: MembersOp) -> bool:
    """Say whether the change needs a new type."""
    kept = _kept(operation)
    stays = set(operation.removed) <= set(operation.renamed)
    in_order = kept == [one for one in operation.after if one in kept]
    return operation.used or not (stays and in_order)


def _kept(operation: MembersOp) -> list[str]:
    renamed = operation.renamed
    return [renamed.get(one, one) for one in operation.before]


def _in_place(operation: MembersOp) -> Iterator[str]:
    name, kept = _type(operation), _kept(operation)
    for old, new in operation.renamed.items():
        yield f"ALTER TYPE {name} RENAME VALUE {literal(old)} TO {literal(new)}"
    for place, member in enumerate(operation.after):
        if member in kept:
            continue
        where = f" AFTER {literal(operation.after[place - 1])}" if place else ""
        if not place and kept:
            where = f" BEFORE {literal(kept[0])}"
        yield f"ALTER TYPE {name} ADD VALUE {literal(member)}{where}"
    yield from _defaults(operation)


def _defaults(operation: MembersOp) -> Iterator[str]:
    for one in operation.enum.columns:
        if one.default_before != one.default_after:
            made = (
                "DROP DEFAULT" if one.default_after is None else f"SET DEFAULT {one.default_after}"
            )
            yield f"{_column(one)} {made}"


def _anew(operation: MembersOp) -> Iterator[str]:
    former = f"{operation.enum.name[: _LONGEST - len(_OLD)]}{_OLD}"
    name = _type(operation)
    yield from (drop for drop, _ in operation.enum.around)
    yield f"ALTER TYPE {name} RENAME TO {_QUOTE.quote(former)}"
    yield f"CREATE TYPE {name} AS ENUM ({_listed(operation.after)})"
    for one in operation.enum.columns:
        if one.default_before is not None:
            yield f"{_column(one)} DROP DEFAULT"
        wanted = f"{name}[]" if one.array else name
        made = _array(operation, one) if one.array else _value(operation, one)
        yield f"{_column(one)} TYPE {wanted} USING {made}::{wanted}"
        if one.default_after is not None:
            yield f"{_column(one)} SET DEFAULT {one.default_after}"
    schema = f"{_QUOTE.quote(operation.enum.schema)}." if operation.enum.schema else ""
    yield f"DROP TYPE {schema}{_QUOTE.quote(former)}"
    yield from (make for _, make in operation.enum.around)


def _value(operation: MembersOp, column: EnumColumn) -> str:
    text = f"{_QUOTE.quote(column.name)}::TEXT"
    if not operation.moves:
        return text
    cases = " ".join(
        f"WHEN {literal(old)} THEN {'NULL' if new is None else literal(new)}"
        for old, new in operation.moves.items()
    )
    return f"(CASE {text} {cases} ELSE {text} END)"


def _array(operation: MembersOp, column: EnumColumn) -> str:
    text = f"{_QUOTE.quote(column.name)}::TEXT[]"
    for old, new in operation.moves.items():
        gone = f"array_remove({text}, {literal(old)})"
        text = gone if new is None else f"array_replace({text}, {literal(old)}, {literal(new)})"
    return text


def _type(operation: MembersOp) -> str:
    enum = operation.enum
    schema = f"{_QUOTE.quote(enum.schema)}." if enum.schema else ""
    return f"{schema}{_QUOTE.quote(enum.name)}"


def _column(column: EnumColumn) -> str:
    schema = f"{_QUOTE.quote(column.schema)}." if column.schema else ""
    table = f"{schema}{_QUOTE.quote(column.table)}"
    return f"ALTER TABLE {table} ALTER COLUMN {_QUOTE.quote(column.name)}"


def literal(text: str) -> str:
    """Quote a text as SQL does.

    Examples
    --------
    >>> literal("it's")
    "'it''s'"
    """
    return "'{}'".format(text.replace("'", "''"))


def _listed(members: Members) -> str:
    return ", ".join(map(literal, members))


@renderers.dispatch_for(MembersOp)
def _render(context: AutogenContext, operation: MembersOp) -> list[str]:
    return [execution(one) for one in statements(operation)]


@Operations.implementation_for(MembersOp)
def _execute(operations: Operations, operation: MembersOp) -> None:
    for one in statements(operation):
        operations.execute(as_text(one))

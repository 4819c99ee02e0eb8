"""Which members an enum type gains and loses, and where it is used. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from schema_lab.autogenerate.members.operation import MembersOp
from schema_lab.review.acts import altered_columns, type_before
from schema_lab.review.change import Change
from schema_lab.review.narrowing import plain
from schema_lab.review.step import Place, Step


@dataclass(frozen=True)
class EnumChange:
    """A column whose members change; `before` is None where they are not known."""

    step: Step
    place: Place
    column: str
    before: tuple[str, ...] | None
    after: tuple[str, ...]

    @property
    def what(self) -> str:
        """Name the column."""
        return f"{self.place}.{self.column}"

    @property
    def removed(self) -> tuple[str, ...]:
        """The members that go."""
        return tuple(one for one in self.before or () if one not in self.after)

    @property
    def added(self) -> tuple[str, ...]:
        """The members that come."""
        known = self.before
        return () if known is None else tuple(one for one in self.after if one not in known)


def enum_changes(change: Change) -> Iterator[EnumChange]:
    """Give each column whose enum members change, on PostgreSQL through its type."""
    for step, place, operation in altered_columns(change):
        after = _members(operation.modify_type)
        if after is not None:
            before = _members(type_before(change, place, operation))
            yield EnumChange(step, place, step.column, before, after)
    for step in change.steps:
        yield from _of_type(step)


def _of_type(step: Step) -> Iterator[EnumChange]:
    """Read our operation, and alembic-postgresql-enum's by its shape: SyncEnumValuesOp."""
    one: Any = step.operation
    if isinstance(one, MembersOp):
        for column in one.enum.columns if one.altered is None else ():
            place, after = Place(column.table, column.schema), (*one.after, *one.moves)
            if not column.array:
                yield EnumChange(step, place, column.name, one.before, after)
    if not hasattr(one, "affected_columns") or not hasattr(one, "new_values"):
        return
    for used in one.affected_columns:
        schema = getattr(used, "table_schema", None)
        place = Place(used.table_name, schema if schema not in ("public", "") else None)
        before = tuple(getattr(one, "old_values", None) or ()) or None
        yield EnumChange(step, place, used.column_name, before, tuple(one.new_values))


def _members(type_: Any) -> tuple[str, ...] | None:
    found = plain(type_)
    return tuple(found.enums) if isinstance(found, sa.Enum) else None

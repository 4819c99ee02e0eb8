"""Which members an enum gains and loses, and where it is used. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from schema_lab.review.acts import altered_columns, type_before
from schema_lab.review.change import Change
from schema_lab.review.enum_sql import TypeStep, members_made, type_steps
from schema_lab.review.narrowing import plain
from schema_lab.review.step import Place, Step

Members = tuple[str, ...]


@dataclass(frozen=True)
class EnumChange:
    """Members that change of a column, or of a type of which no column is known.

    `before` is None where they are not known; `moved` are those whose rows get another one.
    """

    step: Step
    place: Place | None
    column: str
    before: Members | None
    after: Members
    moved: Members = ()
    type: str = ""

    @property
    def what(self) -> str:
        """Name the column, or the type."""
        return f"{self.place}.{self.column}" if self.column else f"type {self.type}"

    @property
    def removed(self) -> Members:
        """The members that go."""
        return tuple(one for one in self.before or () if one not in self.after)

    @property
    def added(self) -> Members:
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
    if change.dialect == "postgresql":
        for one in type_steps(change):
            yield from _in_place(change, one) if one.members is None else _anew(change, one)
    for step in change.steps:
        yield from _of_library(step)


def _in_place(change: Change, one: TypeStep) -> Iterator[EnumChange]:
    """Give the columns of a type that gets a member, or renames one with the rows that hold it."""
    columns = change.live.columns_of_enum(one.type) if change.live else ()
    for place, column in columns:
        before = _live_members(change, place, column) or one.removed
        after = (*(kept for kept in before if kept not in one.removed), *one.added)
        yield EnumChange(one.step, place, column, before, after, one.removed)
    if not columns:
        gone, name = one.removed, str(one.type)
        yield EnumChange(one.step, None, "", gone, one.added, moved=gone, type=name)


def _anew(change: Change, one: TypeStep) -> Iterator[EnumChange]:
    """Give the columns that are put on a type that is made with all its members."""
    for step, place, column, moved in one.columns:
        before = _live_members(change, place, column) or members_made(change, one.type)
        yield EnumChange(step, place, column, before, one.members or (), moved)


def _live_members(change: Change, place: Place, column: str) -> Members | None:
    found = change.live.columns(place).get(column) if change.live else None
    return None if found is None else _members(found.type)


def _of_library(step: Step) -> Iterator[EnumChange]:
    """Read alembic-postgresql-enum's operation by its shape: SyncEnumValuesOp."""
    one: Any = step.operation
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

"""Rename? A dropped and an added column of one table may be one column with a new name.

Alembic sees a drop and an add, and the values would be gone:
https://alembic.sqlalchemy.org/en/latest/autogenerate.html#what-does-autogenerate-detect-and-what-does-it-not-detect
"""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

import sqlalchemy as sa
from alembic.operations import ops

from schema_lab.autogenerate.notes import NoteOp
from schema_lab.autogenerate.operations import column_text, full_name
from schema_lab.autogenerate.questions.families import family
from schema_lab.autogenerate.questions.live import Live
from schema_lab.autogenerate.questions.moving import alterations, before_and_after
from schema_lab.autogenerate.questions.new_name import (
    DROP,
    KIND,
    SHOWN,
    new_name_question,
    note_the_drop,
)
from schema_lab.autogenerate.questions.question import Question, Value
from schema_lab.autogenerate.renaming import RenameColumnOp

__all__ = ["KIND", "apply", "ask"]


@dataclass(frozen=True)
class _Pair:
    """A dropped column and one that may be its new name."""

    drop: ops.DropColumnOp
    add: ops.AddColumnOp

    @property
    def names(self) -> float:
        """How alike the names are, from 0 to 1."""
        return SequenceMatcher(None, self.drop.column_name, self.add.column.name).ratio()

    @property
    def likeness(self) -> float:
        """How alike names, types and places are, from 0 to 1."""
        old, new = self.drop.to_column(), self.add.column
        same_type = str(old.type).upper() == str(getattr(new.type, "impl", new.type)).upper()
        same_null = old.nullable == new.nullable
        near = 1 / (1 + abs(_place(old) - _place(new)))
        return 0.5 * self.names + 0.2 * same_type + 0.1 * same_null + 0.2 * near


def ask(upgrade: ops.UpgradeOps, live: Live) -> Iterator[Question]:
    """Ask of each dropped column whether it got a new name."""
    for table in upgrade.ops:
        if not isinstance(table, ops.ModifyTableOps):
            continue
        for drop in table.ops:
            if isinstance(drop, ops.DropColumnOp):
                pairs = _pairs(drop, table.ops)
                if pairs:
                    yield _question(drop, pairs, live)


def apply(upgrade: ops.UpgradeOps, question: Question, value: Value, live: Live) -> None:
    """Put the renaming into the place of the drop and the add; or note that it goes."""
    table, drop = _dropped(upgrade, question.about)
    if value == DROP:
        note_the_drop(upgrade, question.about)
        return
    add = next(
        one
        for one in table.ops
        if isinstance(one, ops.AddColumnOp) and one.column.name == value[-1]
    )
    table.ops = [one for one in table.ops if one is not drop and one is not add]
    before, after = before_and_after(upgrade, table, drop.column_name)
    live_column = drop.to_column()
    upgrade.ops = [
        *before,
        NoteOp(f"{question.about} is renamed to {value[-1]}; its values stay."),
        ops.ModifyTableOps(
            table.table_name, [_renaming(drop, live_column, value[-1])], schema=table.schema
        ),
        *alterations(table, live_column, add.column, live),
        *after,
    ]


def _renaming(drop: ops.DropColumnOp, column: sa.Column[Any], name: str) -> ops.AlterColumnOp:
    return RenameColumnOp(
        drop.table_name,
        drop.column_name,
        schema=drop.schema,
        modify_name=name,
        existing_type=column.type,
        existing_nullable=column.nullable,
        existing_server_default=column.server_default,
        existing_comment=column.comment,
    )


def _pairs(drop: ops.DropColumnOp, operations: list[Any]) -> list[_Pair]:
    found = [
        _Pair(drop, one)
        for one in operations
        if isinstance(one, ops.AddColumnOp) and _compatible(drop, one)
    ]
    return sorted(found, key=lambda pair: (-pair.likeness, pair.add.column.name))[:SHOWN]


def _compatible(drop: ops.DropColumnOp, add: ops.AddColumnOp) -> bool:
    """Say whether the values may stay as they are: types of one family."""
    old, new = drop.to_column(), add.column
    if old.computed is not None or new.computed is not None:
        return False
    return bool(family(old.type) == family(new.type))


def _place(column: sa.Column[Any]) -> int:
    table: Any = column.table
    names = list(table.columns.keys()) if table is not None else []
    return names.index(column.key) if column.key in names else len(names)


def _question(drop: ops.DropColumnOp, pairs: list[_Pair], live: Live) -> Question:
    return new_name_question(
        drop,
        "Was",
        _about(drop),
        [pair.add.column.name for pair in pairs],
        (live.values(drop.table_name, drop.schema, drop.column_name), "value"),
        [_alike(pair, live) for pair in pairs],
        live,
    )


def _about(drop: ops.DropColumnOp) -> str:
    return f"{full_name(drop.table_name, drop.schema)}.{drop.column_name}"


def _alike(pair: _Pair, live: Live) -> str:
    old, new = pair.drop.to_column(), pair.add.column
    types = f"{column_text(old, live.dialect)} and {column_text(new, live.dialect)}"
    return f"{old.name} and {new.name}: {types}; the names are {pair.names:.0%} alike."


def _dropped(upgrade: ops.UpgradeOps, about: str) -> tuple[ops.ModifyTableOps, ops.DropColumnOp]:
    return next(
        (table, one)
        for table in upgrade.ops
        if isinstance(table, ops.ModifyTableOps)
        for one in table.ops
        if isinstance(one, ops.DropColumnOp) and _about(one) == about
    )

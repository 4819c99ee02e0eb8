"""Rename? A dropped and a created table of like columns may be one table with a new name."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

import sqlalchemy as sa
from alembic.operations import ops

from schema_lab.autogenerate.notes import NoteOp
from schema_lab.autogenerate.operations import full_name
from schema_lab.autogenerate.questions.families import family
from schema_lab.autogenerate.questions.live import Live
from schema_lab.autogenerate.questions.new_name import (
    DROP,
    KIND,
    SHOWN,
    new_name_question,
    note_the_drop,
)
from schema_lab.autogenerate.questions.question import Question, Value
from schema_lab.autogenerate.questions.renamed_table import (
    RenamedTableOp,
    around,
    differences,
)

__all__ = ["KIND", "apply", "ask"]

_ALIKE = 0.5
_NAMES_ALIKE = 0.6


@dataclass(frozen=True)
class _Pair:
    """A dropped table and one that may be its new name; `shared` columns are alike.

    `telling` of these are no keys: that both have an `id` says little.
    """

    drop: ops.DropTableOp
    create: ops.CreateTableOp
    shared: int
    telling: int
    all: int

    @property
    def names(self) -> float:
        """How alike the names are, from 0 to 1."""
        return SequenceMatcher(None, self.drop.table_name, self.create.table_name).ratio()

    @property
    def alike(self) -> bool:
        """Whether one may be the other: by its columns, a key alone being too little."""
        enough = self.shared >= _ALIKE * self.all
        return enough and (self.telling > 0 or self.names >= _NAMES_ALIKE)

    @property
    def likeness(self) -> float:
        """How alike the tables are, from 0 to 1."""
        return 0.6 * self.shared / self.all + 0.4 * self.names


def ask(upgrade: ops.UpgradeOps, live: Live) -> Iterator[Question]:
    """Ask of each dropped table whether it got a new name."""
    for drop in upgrade.ops:
        if isinstance(drop, ops.DropTableOp):
            pairs = _pairs(drop, upgrade)
            if pairs:
                yield _question(drop, pairs, live)


def apply(upgrade: ops.UpgradeOps, question: Question, value: Value, live: Live) -> None:
    """Put the renaming into the place of the drop and the creation; or note that it goes."""
    drop = next(
        one
        for one in upgrade.ops
        if isinstance(one, ops.DropTableOp)
        and full_name(one.table_name, one.schema) == question.about
    )
    if value == DROP:
        note_the_drop(upgrade, question.about)
        return
    create = next(one.create for one in _pairs(drop, upgrade) if one.create.table_name == value[1])
    before, after = around(upgrade, drop, create)
    upgrade.ops = [
        *before,
        NoteOp(f"{question.about} is renamed to {value[1]}; its rows stay."),
        RenamedTableOp(drop.table_name, create.table_name, schema=drop.schema),
        *differences(drop, create, live),
        *after,
    ]
    live.former[create.table_name, create.schema] = drop.table_name


def _pairs(drop: ops.DropTableOp, upgrade: ops.UpgradeOps) -> list[_Pair]:
    found = [
        _pair(drop, one)
        for one in upgrade.ops
        if isinstance(one, ops.CreateTableOp) and one.schema == drop.schema
    ]
    alike = [one for one in found if one.alike]
    return sorted(alike, key=lambda one: (-one.likeness, one.create.table_name))[:SHOWN]


def _pair(drop: ops.DropTableOp, create: ops.CreateTableOp) -> _Pair:
    old, new = _columns(drop.to_table().columns), _columns(create.columns)
    keys = {one.name for one in drop.to_table().primary_key}
    telling = sum(name not in keys for name, _ in old & new)
    return _Pair(drop, create, len(old & new), telling, max(len(old), len(new), 1))


def _columns(parts: Any) -> set[tuple[str, Any]]:
    return {(one.name, family(one.type)) for one in parts if isinstance(one, sa.Column)}


def _question(drop: ops.DropTableOp, pairs: list[_Pair], live: Live) -> Question:
    return new_name_question(
        drop,
        "Is the table",
        full_name(drop.table_name, drop.schema),
        [pair.create.table_name for pair in pairs],
        (live.rows(drop.table_name, drop.schema), "row"),
        map(_alike, pairs),
        live,
    )


def _alike(pair: _Pair) -> str:
    return (
        f"{pair.drop.table_name} and {pair.create.table_name}: {pair.shared} of {pair.all} "
        f"columns are alike; the names are {pair.names:.0%} alike."
    )

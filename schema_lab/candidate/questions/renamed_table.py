"""Rename? A dropped and a created table with similar columns may be one table with a new name.

Foreign keys to the old name are dropped before the rename; all other changes follow it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

import sqlalchemy as sa
from alembic.autogenerate import renderers
from alembic.autogenerate.api import AutogenContext
from alembic.operations import ops

from schema_lab.candidate.questions.live_database import LiveDatabase
from schema_lab.candidate.questions.question import Question, Value
from schema_lab.candidate.questions.renamed_column import (
    DROP,
    KIND,
    SHOWN,
    new_name_question,
    note_the_drop,
)
from schema_lab.candidate.render.script import NoteOp
from schema_lab.compare.operations import Operation, describe
from schema_lab.compare.whole import FORMER
from schema_lab.compat.alembic_private import comparing_columns
from schema_lab.models.tables import target_columns_of, target_table_of
from schema_lab.rows import stored_family
from schema_lab.schema.words import full_name

Operations = list[ops.MigrateOperation]


class RenamedTableOp(ops.RenameTableOp):
    """A table's new name; Alembic's operation has neither a reverse nor a rendering."""

    def reverse(self) -> "RenamedTableOp":
        """Give the rename to the old name."""
        return RenamedTableOp(self.new_table_name, self.table_name, schema=self.schema)

    def to_diff_tuple(self) -> tuple[Any, ...]:
        """Describe this operation as Alembic's operations do."""
        return ("rename_table", self.schema, self.table_name, self.new_table_name)


@renderers.dispatch_for(RenamedTableOp)
def _render(context: AutogenContext, operation: RenamedTableOp) -> str:
    schema = f", schema={operation.schema!r}" if operation.schema else ""
    return f"op.rename_table({operation.table_name!r}, {operation.new_table_name!r}{schema})"


@describe.register
def _(operation: ops.RenameTableOp, dialect: sa.Dialect) -> Iterator[Operation]:
    before, after = operation.table_name, operation.new_table_name
    table = full_name(before, operation.schema)
    yield Operation(
        "~", f"rename table {table} → {after}", "rename_table", table, None, table, after
    )


def before_and_after(
    upgrade: ops.UpgradeOps, drop: ops.DropTableOp, create: ops.CreateTableOp
) -> tuple[Operations, Operations]:
    """Split the other operations: what drops a reference to the old name precedes the rename.

    The downgrade, in reverse, recreates the reference when the table has its old name again. A
    foreign key that differs only in the name of the table follows the rename by itself.
    """
    own = {(operation.table_name, operation.schema) for operation in (drop, create)}
    before: Operations = []
    after: Operations = []
    for operation in upgrade.ops:
        if operation is drop or operation is create:
            continue
        if isinstance(operation, ops.DropTableOp):
            (before if _points_to(operation.to_table(), drop) else after).append(operation)
        elif not isinstance(operation, ops.ModifyTableOps):
            after.append(operation)
        elif (operation.table_name, operation.schema) not in own:
            first, rest = _parted(operation, drop, create)
            for container, parts in ((before, first), (after, rest)):
                if parts:
                    container.append(
                        ops.ModifyTableOps(operation.table_name, parts, schema=operation.schema)
                    )
    return before, after


def _points_to(table: sa.Table, drop: ops.DropTableOp) -> bool:
    return any(_leads_to(key, drop) for key in table.foreign_key_constraints)


def _key(operation: ops.DropTableOp | ops.CreateTableOp) -> str:
    return full_name(operation.table_name, operation.schema)


def _leads_to(
    key: sa.ForeignKeyConstraint | None, table: ops.DropTableOp | ops.CreateTableOp
) -> bool:
    return key is not None and target_table_of(key) == _key(table)


def _parted(
    table: ops.ModifyTableOps, drop: ops.DropTableOp, create: ops.CreateTableOp
) -> tuple[Operations, Operations]:
    """Give the dropped foreign keys to the old name, and the rest without what follows alone."""
    dropped = {
        operation: _foreign_key(operation)
        for operation in table.ops
        if isinstance(operation, ops.DropConstraintOp)
    }
    first = [operation for operation, key in dropped.items() if _leads_to(key, drop)]
    made = {
        operation: _foreign_key(operation)
        for operation in table.ops
        if isinstance(operation, ops.CreateForeignKeyOp)
    }
    second = [operation for operation, key in made.items() if _leads_to(key, create)]
    for old in list(first):
        same = (
            operation
            for operation in second
            if _signature(made[operation]) == _signature(dropped[old])
        )
        new = next(same, None)
        if new is not None:
            first.remove(old)
            second.remove(new)
            made.pop(new)
            dropped.pop(old)
    left = {*dropped, *made}
    keys = ops.DropConstraintOp | ops.CreateForeignKeyOp
    rest = [
        operation for operation in table.ops if operation in left or not isinstance(operation, keys)
    ]
    return list(first), [operation for operation in rest if operation not in first]


def _foreign_key(operation: Any) -> sa.ForeignKeyConstraint | None:
    constraint = operation.to_constraint()
    return constraint if isinstance(constraint, sa.ForeignKeyConstraint) else None


def _signature(key: Any) -> tuple[Any, ...]:
    """Spell a foreign key without the table that it refers to."""
    remote = target_columns_of(key)
    actions = [(action or "NO ACTION").upper() for action in (key.ondelete, key.onupdate)]
    return (str(key.name), list(key.column_keys), remote, actions)


def differences(
    drop: ops.DropTableOp, create: ops.CreateTableOp, live: LiveDatabase
) -> Iterator[ops.ModifyTableOps]:
    """Compare the renamed table with the model's as Alembic compares tables."""
    model = live.model(create.table_name, create.schema)
    assert model is not None
    old, name, schema = drop.to_table(), create.table_name, create.schema
    renamed = old.to_metadata(sa.MetaData(), name=name)
    renamed.info[FORMER] = drop.table_name
    context = AutogenContext(live.context, live.context.opts["target_metadata"])
    inspector: Any = _Renamed(live.inspector, drop.table_name, name)
    context.__dict__["inspector"] = inspector
    found = ops.ModifyTableOps(name, [], schema=schema)
    tables = renamed, model
    with comparing_columns((name, schema), tables, found, context, inspector):
        compare = context.comparators.dispatch("table", qualifier=live.dialect.name)
        compare(context, found, schema, name, renamed, model)
    if found.ops:
        yield found


class _Renamed:
    """An inspector that knows a table by its new name."""

    def __init__(self, inspector: sa.Inspector, old: str, new: str) -> None:
        self._inspector, self._old, self._new = inspector, old, new
        self.bind, self.dialect = inspector.bind, inspector.dialect
        self.info_cache: dict[Any, Any] = {}

    def _name(self, table: str) -> str:
        return self._old if table == self._new else table

    def get_indexes(self, table: str, schema: str | None = None) -> Any:
        return self._inspector.get_indexes(self._name(table), schema)

    def get_unique_constraints(self, table: str, schema: str | None = None) -> Any:
        return self._inspector.get_unique_constraints(self._name(table), schema)

    def get_foreign_keys(self, table: str, schema: str | None = None) -> Any:
        found = self._inspector.get_foreign_keys(self._name(table), schema)
        return [
            {**key, "referred_table": self._new}
            if key["referred_table"] == self._old and key["referred_schema"] == schema
            else key
            for key in found
        ]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inspector, name)


__all__ = ["KIND", "apply", "ask"]

_ALIKE = 0.5
_NAMES_ALIKE = 0.6


@dataclass(frozen=True)
class _TablePair:
    """A dropped table and a created table that may be its new name.

    `shared` columns are equal in both. `telling` of them are not a key by themselves: most tables
    have an `id`, but the two columns of a link table say what it links. `only` says that no other
    table is dropped or created and that both hold the same kinds of values, whatever their names.
    """

    drop: ops.DropTableOp
    create: ops.CreateTableOp
    shared: int
    telling: int
    all: int
    only: bool

    @property
    def names(self) -> float:
        """How alike the names are, from 0 to 1."""
        return SequenceMatcher(None, self.drop.table_name, self.create.table_name).ratio()

    @property
    def alike(self) -> bool:
        """Whether both may be the same table. A shared key is not enough."""
        enough = self.shared >= _ALIKE * self.all
        return self.only or (enough and (self.telling > 0 or self.names >= _NAMES_ALIKE))

    @property
    def likeness(self) -> float:
        """How alike the tables are, from 0 to 1."""
        return 0.6 * self.shared / self.all + 0.4 * self.names


def ask(upgrade: ops.UpgradeOps, live: LiveDatabase) -> Iterator[Question]:
    """Ask, for each dropped table, whether it was renamed."""
    for drop in upgrade.ops:
        if isinstance(drop, ops.DropTableOp):
            pairs = _pairs(drop, upgrade)
            if pairs:
                yield _question(drop, pairs, live)


def apply(upgrade: ops.UpgradeOps, question: Question, value: Value, live: LiveDatabase) -> None:
    """Replace the drop and the creation with a rename, or note that the table is dropped."""
    drop = next(
        operation
        for operation in upgrade.ops
        if isinstance(operation, ops.DropTableOp)
        and full_name(operation.table_name, operation.schema) == question.about
    )
    if value == DROP:
        note_the_drop(upgrade, question.about)
        return
    create = next(
        pair.create for pair in _pairs(drop, upgrade) if pair.create.table_name == value[1]
    )
    before, after = before_and_after(upgrade, drop, create)
    upgrade.ops = [
        *before,
        NoteOp(f"{question.about} is renamed to {value[1]}. Its rows are kept."),
        RenamedTableOp(drop.table_name, create.table_name, schema=drop.schema),
        *differences(drop, create, live),
        *after,
    ]
    live.former[create.table_name, create.schema] = drop.table_name


def _pairs(drop: ops.DropTableOp, upgrade: ops.UpgradeOps) -> list[_TablePair]:
    both = [it for it in upgrade.ops if isinstance(it, ops.CreateTableOp | ops.DropTableOp)]
    found = [
        _pair(drop, operation, alone=len(both) == len((drop, operation)))
        for operation in both
        if isinstance(operation, ops.CreateTableOp) and operation.schema == drop.schema
    ]
    alike = [pair for pair in found if pair.alike]
    return sorted(alike, key=lambda pair: (-pair.likeness, pair.create.table_name))[:SHOWN]


def _pair(drop: ops.DropTableOp, create: ops.CreateTableOp, *, alone: bool) -> _TablePair:
    old, new = _columns(drop.to_table().columns), _columns(create.columns)
    keys = [column.name for column in drop.to_table().primary_key]
    telling = sum([name] != keys for name, _ in old & new)
    kinds = [sorted(family for _, family in columns) for columns in (old, new)]
    only = alone and kinds[0] == kinds[1] and len(old) > 1
    return _TablePair(drop, create, len(old & new), telling, max(len(old), len(new), 1), only)


def _columns(parts: Any) -> set[tuple[str, str]]:
    return {
        (column.name, stored_family(column.type))
        for column in parts
        if isinstance(column, sa.Column)
    }


def _question(drop: ops.DropTableOp, pairs: list[_TablePair], live: LiveDatabase) -> Question:
    return new_name_question(
        drop,
        "The table ",
        full_name(drop.table_name, drop.schema),
        [pair.create.table_name for pair in pairs],
        (live.rows(drop.table_name, drop.schema), "row"),
        map(_alike, pairs),
        live,
    )


def _alike(pair: _TablePair) -> str:
    return (
        f"`{pair.drop.table_name}` and `{pair.create.table_name}` share {pair.shared} of "
        f"{pair.all} columns. The names are {pair.names:.0%} alike."
    )

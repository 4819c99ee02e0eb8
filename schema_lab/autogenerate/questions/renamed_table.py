"""A table's new name: the operation, what goes before it, and what else changes."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic.autogenerate import renderers
from alembic.autogenerate.api import AutogenContext
from alembic.autogenerate.compare.tables import _compare_columns
from alembic.operations import ops

from schema_lab.autogenerate.operations import Operation, describe, full_name
from schema_lab.autogenerate.questions.live import Live
from schema_lab.models.targets import target_columns_of, target_table_of

Operations = list[ops.MigrateOperation]


class RenamedTableOp(ops.RenameTableOp):
    """A table's new name; Alembic's own operation has neither a reverse nor a rendering."""

    def reverse(self) -> "RenamedTableOp":
        """Rename back."""
        return RenamedTableOp(self.new_table_name, self.table_name, schema=self.schema)

    def to_diff_tuple(self) -> tuple[Any, ...]:
        """Say what this is, as Alembic's operations do."""
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


def around(
    upgrade: ops.UpgradeOps, drop: ops.DropTableOp, create: ops.CreateTableOp
) -> tuple[Operations, Operations]:
    """Part the other operations: what lets go of the old name goes before the renaming.

    So does the downgrade: it points to the old name again when the table has it back. A foreign
    key that differs in the table's name alone follows by itself.
    """
    own = {(one.table_name, one.schema) for one in (drop, create)}
    before: Operations = []
    after: Operations = []
    for one in upgrade.ops:
        if one is drop or one is create:
            continue
        if isinstance(one, ops.DropTableOp):
            (before if _points_to(one.to_table(), drop) else after).append(one)
        elif not isinstance(one, ops.ModifyTableOps):
            after.append(one)
        elif (one.table_name, one.schema) not in own:
            first, rest = _parted(one, drop, create)
            for container, parts in ((before, first), (after, rest)):
                if parts:
                    container.append(ops.ModifyTableOps(one.table_name, parts, schema=one.schema))
    return before, after


def _points_to(table: sa.Table, drop: ops.DropTableOp) -> bool:
    return any(_leads_to(one, drop) for one in table.foreign_key_constraints)


def _key(operation: ops.DropTableOp | ops.CreateTableOp) -> str:
    return full_name(operation.table_name, operation.schema)


def _leads_to(
    key: sa.ForeignKeyConstraint | None, table: ops.DropTableOp | ops.CreateTableOp
) -> bool:
    return key is not None and target_table_of(key) == _key(table)


def _parted(
    table: ops.ModifyTableOps, drop: ops.DropTableOp, create: ops.CreateTableOp
) -> tuple[Operations, Operations]:
    """Give what drops a foreign key to the old name, and the rest without what follows."""
    dropped = {one: _foreign_key(one) for one in table.ops if isinstance(one, ops.DropConstraintOp)}
    first = [one for one, key in dropped.items() if _leads_to(key, drop)]
    made = {one: _foreign_key(one) for one in table.ops if isinstance(one, ops.CreateForeignKeyOp)}
    second = [one for one, key in made.items() if _leads_to(key, create)]
    for old in list(first):
        same = (one for one in second if _signature(made[one]) == _signature(dropped[old]))
        new = next(same, None)
        if new is not None:
            first.remove(old)
            second.remove(new)
            made.pop(new)
            dropped.pop(old)
    left = {*dropped, *made}
    keys = ops.DropConstraintOp | ops.CreateForeignKeyOp
    rest = [one for one in table.ops if one in left or not isinstance(one, keys)]
    return list(first), [one for one in rest if one not in first]


def _foreign_key(operation: Any) -> sa.ForeignKeyConstraint | None:
    constraint = operation.to_constraint()
    return constraint if isinstance(constraint, sa.ForeignKeyConstraint) else None


def _signature(key: Any) -> tuple[Any, ...]:
    """Spell a foreign key without its table; a name that the model leaves open does not count."""
    remote = target_columns_of(key)
    actions = [(one or "NO ACTION").upper() for one in (key.ondelete, key.onupdate)]
    return (str(key.name), list(key.column_keys), remote, actions)


def differences(
    drop: ops.DropTableOp, create: ops.CreateTableOp, live: Live
) -> Iterator[ops.ModifyTableOps]:
    """Compare the renamed table with the model's as Alembic compares tables."""
    model = live.model(create.table_name, create.schema)
    assert model is not None
    old, name, schema = drop.to_table(), create.table_name, create.schema
    renamed = old.to_metadata(sa.MetaData(), name=name)
    context = AutogenContext(live.context, live.context.opts["target_metadata"])
    inspector: Any = _Renamed(live.inspector, drop.table_name, name)
    context.__dict__["inspector"] = inspector
    found = ops.ModifyTableOps(name, [], schema=schema)
    with _compare_columns(schema, name, renamed, model, found, context, inspector):
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
            {**one, "referred_table": self._new}
            if one["referred_table"] == self._old and one["referred_schema"] == schema
            else one
            for one in found
        ]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inspector, name)

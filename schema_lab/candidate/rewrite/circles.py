"""Foreign keys to a table that is created later, or was dropped before: operations of their own.

Tables that refer to each other in a circle have no order. Such a key is added after the last table
is created, and dropped before the first is dropped. SQLite takes a reference to a table that does
not exist yet, so a table is created and dropped as a whole there:
https://www.sqlite.org/foreignkeys.html

A model may mark a key with `use_alter`; Alembic then creates the table without the key, and never
adds it: https://docs.sqlalchemy.org/en/21/core/constraints.html
"""

import copy
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext

from schema_lab.models.tables import target_table_of
from schema_lab.schema.words import full_name

Keys = list[sa.ForeignKeyConstraint]


def with_circles_opened(
    context: MigrationContext, revision: Any, directives: list[ops.MigrationScript]
) -> None:
    """Separate such foreign keys from their tables.

    A `process_revision_directives` function; changes the directives in place, and makes each
    downgrade the reverse of its upgrade where a key is separated.
    """
    if context.dialect.name == "sqlite":
        return
    for script in directives:
        for upgrade, downgrade in zip(
            script.upgrade_ops_list, script.downgrade_ops_list, strict=True
        ):
            parted = [_created_apart(upgrade), _dropped_apart(upgrade)]
            if any(parted):
                upgrade.reverse_into(downgrade)


def _created_apart(upgrade: ops.UpgradeOps) -> bool:
    """Add keys to tables that are created later after the last of these tables."""
    creates = [it for it in upgrade.ops if isinstance(it, ops.CreateTableOp)]
    later = {_name(create) for create in creates}
    keys: Keys = []
    for create in creates:
        own = _name(create)
        parted = [
            key
            for key in _keys(create)
            if key.use_alter or (target_table_of(key) in later and target_table_of(key) != own)
        ]
        later.discard(own)
        create.columns = [part for part in create.columns if not _is_among(part, parted)]
        keys += parted
    if keys:
        place = upgrade.ops.index(creates[-1]) + 1
        upgrade.ops[place:place] = [_in_table(key, _added(key)) for key in keys]
    return bool(keys)


def _dropped_apart(upgrade: ops.UpgradeOps) -> bool:
    """Drop keys to tables that are dropped before their own before the first of these tables."""
    gone: set[str] = set()
    keys: Keys = []
    first = None
    for place, drop in enumerate(upgrade.ops):
        if isinstance(drop, ops.DropTableOp):
            first = place if first is None else first
            create: Any = drop.reverse()
            parted = [key for key in _keys(create) if target_table_of(key) in gone]
            gone.add(_name(drop))
            if parted:
                create.columns = [part for part in create.columns if not _is_among(part, parted)]
                upgrade.ops[place] = create.reverse()
                keys += parted
    if first is not None:
        upgrade.ops[first:first] = [
            _in_table(key, ops.DropConstraintOp.from_constraint(key)) for key in keys
        ]
    return bool(keys)


def _keys(create: ops.CreateTableOp) -> Keys:
    return [part for part in create.columns if isinstance(part, sa.ForeignKeyConstraint)]


def _is_among(part: Any, keys: Iterable[Any]) -> bool:
    return any(part is key for key in keys)


def _name(operation: ops.CreateTableOp | ops.DropTableOp) -> str:
    return full_name(operation.table_name, operation.schema)


def _added(key: sa.ForeignKeyConstraint) -> ops.MigrateOperation:
    plain = copy.copy(key)
    plain.use_alter = False
    return ops.CreateForeignKeyOp.from_constraint(plain)


def _in_table(key: Any, operation: ops.MigrateOperation) -> ops.ModifyTableOps:
    return ops.ModifyTableOps(key.parent.name, [operation], schema=key.parent.schema)

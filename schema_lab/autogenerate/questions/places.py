"""Where in an upgrade a column is altered, and what it is called before the upgrade."""

from collections.abc import Iterator

from alembic.operations import ops

Altered = tuple[ops.ModifyTableOps, ops.AlterColumnOp]


def altered(upgrade: ops.UpgradeOps) -> Iterator[Altered]:
    """Give each alteration of a column with the operations of its table."""
    for one in upgrade.ops:
        if isinstance(one, ops.ModifyTableOps):
            yield from ((one, part) for part in one.ops if isinstance(part, ops.AlterColumnOp))


def live_name(upgrade: ops.UpgradeOps, operation: ops.AlterColumnOp) -> str:
    """Give the name that an altered column has before the upgrade."""
    table = (operation.table_name, operation.schema)
    for _, one in altered(upgrade):
        if (one.table_name, one.schema) == table and one.modify_name == operation.column_name:
            return one.column_name
    return operation.column_name

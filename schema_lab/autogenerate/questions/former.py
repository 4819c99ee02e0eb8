"""What a column is called in the live database, before the renamings of an upgrade."""

from alembic.operations import ops


def former_column(upgrade: ops.UpgradeOps, table: str, schema: str | None, column: str) -> str:
    """Give the live name of a column that the upgrade renames."""
    for container in upgrade.ops:
        if not isinstance(container, ops.ModifyTableOps):
            continue
        for one in container.ops:
            if (
                isinstance(one, ops.AlterColumnOp)
                and (one.table_name, one.schema) == (table, schema)
                and one.modify_name == column
            ):
                return one.column_name
    return column

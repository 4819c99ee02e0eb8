"""What an operation outside of a batch makes of a table that SQLite may copy after it. Pure."""

from typing import Any

import sqlalchemy as sa
from alembic.operations import ops


def table_after(operation: Any, live: sa.Table) -> sa.Table:
    """Give a table as it is after an operation.

    Examples
    --------
    >>> users = sa.Table("users", sa.MetaData(), sa.Column("id"), sa.Column("plan"))
    >>> table_after(ops.DropColumnOp("users", "plan"), users).columns.keys()
    ['id']
    """
    if isinstance(operation, ops.RenameTableOp):
        return live.to_metadata(sa.MetaData(), name=operation.new_table_name)
    if isinstance(operation, ops.CreateIndexOp | ops.DropIndexOp):
        return _with_indexes(operation, live)
    columns = [one._copy() for one in live.columns]
    names = {one.name: one.name for one in live.columns}
    if isinstance(operation, ops.AddColumnOp):
        columns.append(operation.column._copy())
    elif isinstance(operation, ops.DropColumnOp):
        names.pop(operation.column_name, None)
        columns = [one for one in columns if one.name in names]
    elif isinstance(operation, ops.AlterColumnOp) and operation.modify_name is not None:
        names[operation.column_name] = operation.modify_name
        for one in columns:
            one.name = one.key = names[one.name]
    else:
        return live
    constraints = (one._copy() for one in live.constraints if _stays(one))
    table = sa.Table(live.name, sa.MetaData(), *columns, *constraints, schema=live.schema)
    for index in live.indexes:
        _copied(index, table, names)
    return table


def _with_indexes(operation: ops.CreateIndexOp | ops.DropIndexOp, live: sa.Table) -> sa.Table:
    table = live.to_metadata(sa.MetaData())
    if isinstance(operation, ops.CreateIndexOp):
        _copied(operation.to_index(), table, {one.name: one.name for one in table.columns})
    else:
        table.indexes -= {one for one in table.indexes if one.name == operation.index_name}
    return table


def _copied(index: sa.Index, table: sa.Table, names: dict[str, str]) -> None:
    """Put an index on a table, if all its columns are there."""
    parts: list[Any] = [
        names.get(one.name) if isinstance(one, sa.Column) else one for one in index.expressions
    ]
    if all(one is not None for one in parts):
        made = sa.Index(
            index.name,
            *(table.c[one] if isinstance(one, str) else one for one in parts),
            unique=index.unique,
            _table=table,
            **index.dialect_kwargs,
        )
        assert made.table is table


def _stays(constraint: sa.Constraint) -> bool:
    return not isinstance(constraint, sa.PrimaryKeyConstraint)

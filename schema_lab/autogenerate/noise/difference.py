"""Differences: one aspect of a column, or one index or constraint, before and after.

What is only made or only dropped is none: noise is there before and after its migration.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from alembic.operations import ops
from sqlalchemy.schema import AddConstraint, CreateIndex

from schema_lab.autogenerate.operations import aspects_of, full_name
from schema_lab.database import is_mysql


@dataclass(frozen=True)
class Difference:
    """What one aspect of a thing is, and what the models want it to be.

    `about` names the column, index or constraint with its table; `aspect` is "type", "default",
    "nullable" or "comment" of a column, else "index" or "constraint".
    """

    table: str
    name: str
    aspect: str
    before: str
    after: str
    wanted: Any = field(default=None, repr=False, compare=False)

    @property
    def about(self) -> str:
        """Name the column, index or constraint, with its table."""
        return f"{self.table}.{self.name}"

    @property
    def sentence(self) -> str:
        """Say the difference in one line."""
        return f"{self.aspect} of {self.about}: {self.before} → {self.after}"

    def entry(self, dialect: str) -> str:
        """Spell it for the project's configuration, in ASCII and one line.

        MariaDB is "mysql" here: a URL may name either.
        """
        name = "mysql" if is_mysql(dialect) else dialect
        words = f"{name}: {self.aspect} of {self.about}: {self.before} -> {self.after}"
        return " ".join(words.split()).encode("ascii", "backslashreplace").decode()


def differences_of(table: ops.ModifyTableOps, dialect: sa.Dialect) -> Iterator[Difference]:
    """List the differences in a table's operations, as Alembic has found them."""
    name = full_name(table.table_name, table.schema)
    for one in table.ops:
        if isinstance(one, ops.AlterColumnOp):
            wanted = one.modify_type
            for aspect, before, after in aspects_of(one, dialect):
                yield Difference(name, one.column_name, aspect, before, after, wanted)
    for dropped, made in pairs_in(table.ops):
        aspect = "index" if isinstance(made, ops.CreateIndexOp) else "constraint"
        before, after = written(dropped.reverse(), dialect), written(made, dialect)
        yield Difference(name, _name(made), aspect, before, after, made)


def pairs_in(operations: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
    """Pair what drops an index or a constraint with what makes one of the same name."""
    listed = list(operations)
    dropped = {_key(one): one for one in listed if _drops(one)}
    for one in listed:
        if isinstance(one, ops.CreateIndexOp | ops.AddConstraintOp) and _key(one) in dropped:
            yield dropped[_key(one)], one


def written(operation: ops.CreateIndexOp | ops.AddConstraintOp, dialect: sa.Dialect) -> str:
    """Write an index or a constraint as the dialect does, in one line."""
    statement: Any = (
        CreateIndex(operation.to_index())
        if isinstance(operation, ops.CreateIndexOp)
        else AddConstraint(operation.to_constraint())
    )
    try:
        return " ".join(str(statement.compile(dialect=dialect)).split())
    except (sa.exc.CompileError, NotImplementedError):
        return str(operation.to_diff_tuple()[-1])


def _drops(operation: Any) -> bool:
    if isinstance(operation, ops.DropIndexOp):
        return operation._reverse is not None
    return isinstance(operation, ops.DropConstraintOp) and operation._reverse is not None


def _key(operation: Any) -> tuple[bool, str]:
    index = isinstance(operation, ops.CreateIndexOp | ops.DropIndexOp)
    return index, _name(operation)


def _name(operation: Any) -> str:
    return str(
        operation.index_name
        if isinstance(operation, ops.CreateIndexOp | ops.DropIndexOp)
        else operation.constraint_name
    )

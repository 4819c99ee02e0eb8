"""The operation that changes a type, with what each database needs so that values survive it."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic.autogenerate import renderers
from alembic.autogenerate.api import AutogenContext
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext

from schema_lab.autogenerate.conversions.aside import garbled_by_sqlite, kept_aside
from schema_lab.autogenerate.conversions.families import family
from schema_lab.autogenerate.conversions.using import using_of
from schema_lab.autogenerate.defaults import without_casts
from schema_lab.autogenerate.sql_text import sql_of
from schema_lab.database import as_text

_INDENT = " " * 11


class CastColumnOp(ops.AlterColumnOp):
    """Alembic's own operation, with PostgreSQL's USING in both directions.

    `using` is what a person gave; "" leaves it to `using_of`. `settled` says that a person has
    decided what becomes of the values.
    """

    using: str = ""
    settled: bool = False

    @classmethod
    def of(
        cls, operation: ops.AlterColumnOp, using: str = "", *, settled: bool = False
    ) -> "CastColumnOp":
        """Take over all that an operation changes."""
        made = cls(operation.table_name, operation.column_name)
        made.__dict__.update(operation.__dict__)
        made.using = using or getattr(operation, "using", "")
        made.settled = settled or getattr(operation, "settled", False)
        made.kw = {**operation.kw, "postgresql_using": made.expression}
        return made

    def reverse(self) -> "CastColumnOp":
        """Cast back, in the way that PostgreSQL would."""
        return CastColumnOp.of(super().reverse())

    @property
    def expression(self) -> str | None:
        """What stands after USING."""
        return self.using or using_of(self.column_name, self.existing_type, self.modify_type)


@renderers.dispatch_for(CastColumnOp)
def _render(context: AutogenContext, operation: CastColumnOp) -> str:
    plain: Any = renderers.dispatch(ops.AlterColumnOp)
    text = str(plain(context, operation))
    elsewhere = context.migration_context.dialect.name != "postgresql"
    members = "enum" in (family(operation.existing_type), family(operation.modify_type))
    if operation.modify_type is None or operation.expression is None or (elsewhere and members):
        return text
    return f"{text[:-1]},\n{_INDENT}postgresql_using={operation.expression!r})"


def with_casts(
    context: MigrationContext, revision: Any, directives: list[ops.MigrationScript]
) -> None:
    """Let each change of a type say how its values are made.

    A `process_revision_directives` function; changes the directives in place, and makes each
    downgrade the reverse of its upgrade where a type changes.
    """
    for script in directives:
        for upgrade, downgrade in zip(
            script.upgrade_ops_list, script.downgrade_ops_list, strict=True
        ):
            made = [part for one in upgrade.ops for part in _with_cast(one, context.dialect)]
            if made != upgrade.ops:
                upgrade.ops = made
                upgrade.reverse_into(downgrade)


def _with_cast(
    container: ops.MigrateOperation, dialect: sa.Dialect
) -> Iterator[ops.MigrateOperation]:
    if not isinstance(container, ops.ModifyTableOps) or not any(map(_casts, container.ops)):
        yield container
        return
    before: list[ops.MigrateOperation] = []
    after: list[ops.MigrateOperation] = []
    parts: list[ops.MigrateOperation] = []
    for one in container.ops:
        if not isinstance(one, ops.AlterColumnOp) or not _casts(one):
            parts.append(one)
        elif dialect.name == "sqlite" and garbled_by_sqlite(one.existing_type, one.modify_type):
            aside, back = kept_aside(one, dialect)
            before, after = [*before, *aside], [*back, *after]
            parts.append(CastColumnOp.of(one))
        else:
            parts.extend(_around_default(CastColumnOp.of(one), dialect))
    yield from before
    yield ops.ModifyTableOps(container.table_name, parts, schema=container.schema)
    yield from after


def _casts(operation: Any) -> bool:
    return (
        isinstance(operation, ops.AlterColumnOp)
        and operation.modify_type is not None
        and operation.existing_type is not None
    )


def _around_default(operation: CastColumnOp, dialect: sa.Dialect) -> list[ops.MigrateOperation]:
    """PostgreSQL does not cast a default: it goes before the type changes, and comes after."""
    unchanged = operation.modify_server_default is False
    before = operation.existing_server_default or None
    after = before if unchanged else operation.modify_server_default
    needless = dialect.name != "postgresql" or operation.expression is None
    if needless or (before is None and after is None):
        return [operation]
    kept = _without_cast(before, dialect) if unchanged else after
    first = _default_op(operation, operation.existing_type, before, None)
    last = _default_op(operation, operation.modify_type, None, kept)
    operation.modify_server_default = False
    operation.existing_server_default = None
    return [
        *([first] if before is not None else []),
        operation,
        *([last] if after is not None else []),
    ]


def _without_cast(default: Any, dialect: sa.Dialect) -> Any:
    """Spell a live default without its type, which is the old one."""
    return sa.text(as_text(without_casts(sql_of(getattr(default, "arg", default), dialect))))


def _default_op(operation: CastColumnOp, type_: Any, before: Any, after: Any) -> ops.AlterColumnOp:
    return ops.AlterColumnOp(
        operation.table_name,
        operation.column_name,
        schema=operation.schema,
        existing_type=type_,
        existing_nullable=operation.existing_nullable,
        existing_server_default=before,
        modify_server_default=after,
    )

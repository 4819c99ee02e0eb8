"""CastColumnOp: the operation that changes a type, with what keeps the values on each database.

PostgreSQL gets the expression after USING. On SQLite, whose CAST knows numbers and text only and
would cut '2026-01-31' to 2026, dates and times wait in a column of their own:
https://www.sqlite.org/lang_expr.html#castexpr
"""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic.autogenerate import renderers
from alembic.autogenerate.api import AutogenContext
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext

from schema_lab.candidate.render.script import StatementOp
from schema_lab.rows.families import MOMENTS, family
from schema_lab.rows.using import POSTGRESQL, using_of
from schema_lab.schema import as_text
from schema_lab.schema.defaults import without_casts
from schema_lab.schema.sql_text import sql_of
from schema_lab.schema.words import type_text

Aside = tuple[list[ops.MigrateOperation], list[ops.MigrateOperation]]


def garbled_by_sqlite(before: Any, after: Any) -> bool:
    """Say whether the way there or back casts a date, a time or both."""
    pair = {family(before), family(after)}
    return len(pair) > 1 and bool(pair & MOMENTS)


def kept_aside(operation: ops.AlterColumnOp, dialect: sa.Dialect) -> Aside:
    """Give what keeps the values aside, and what brings them back into the changed column."""
    name, schema, column = operation.table_name, operation.schema, operation.column_name
    added = ops.AddColumnOp(name, sa.Column(f"{column}_before", sa.Text()), schema=schema)
    away = _moved(operation, f"{column}_before", sa.column(column), dialect)
    kept: Any = sa.column(f"{column}_before")
    there = _said(kept, operation.existing_type, operation.modify_type)
    back = _said(kept, operation.modify_type, operation.existing_type)
    return (
        [
            ops.ModifyTableOps(name, [added], schema=schema),
            StatementOp(away, _moved(operation, column, back, dialect)),
        ],
        [
            StatementOp(_moved(operation, column, there, dialect), away),
            ops.ModifyTableOps(name, [added.reverse()], schema=schema),
        ],
    )


def _moved(operation: ops.AlterColumnOp, goal: str, value: Any, dialect: sa.Dialect) -> str:
    table = sa.table(operation.table_name, sa.column(goal), schema=operation.schema)
    return sql_of(sa.update(table).values({goal: value}), dialect)


def _said(kept: Any, before: Any, after: Any) -> Any:
    """Spell a moment as SQLAlchemy reads the new type; all else stays as it is."""
    pair = (family(before), family(after))
    if pair == ("datetime", "date"):
        return sa.func.substr(kept, 1, 10)
    if pair == ("datetime", "time"):
        return sa.func.substr(kept, 12)
    return kept


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
        """What stands after USING; an enum takes no text without a cast."""
        if self.using and family(self.modify_type) == "enum":
            return f"({self.using})::TEXT::{type_text(self.modify_type, POSTGRESQL)}"
        return self.using or using_of(self.column_name, self.existing_type, self.modify_type)


@renderers.dispatch_for(CastColumnOp)
def _render(context: AutogenContext, operation: CastColumnOp) -> str:
    plain: Any = renderers.dispatch(ops.AlterColumnOp)
    text = str(plain(context, operation))
    if operation.modify_type is None or operation.expression is None:
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
            made = [
                part for operation in upgrade.ops for part in _with_cast(operation, context.dialect)
            ]
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
    for operation in container.ops:
        if not isinstance(operation, ops.AlterColumnOp) or not _casts(operation):
            parts.append(operation)
        elif dialect.name == "sqlite" and garbled_by_sqlite(
            operation.existing_type, operation.modify_type
        ):
            aside, back = kept_aside(operation, dialect)
            before, after = [*before, *aside], [*back, *after]
            parts.append(CastColumnOp.of(operation))
        else:
            cast = CastColumnOp.of(operation)
            if dialect.name == "postgresql":  # which warns of it at each run of the script
                cast.kw.pop("autoincrement", None)
            parts.extend(_around_default(cast, dialect))
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
    depends = operation.expression is not None or family(operation.existing_type) == "enum"
    needless = dialect.name != "postgresql" or not depends
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

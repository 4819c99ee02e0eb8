"""Fill? A column that becomes NOT NULL needs a value in every existing row.

Alembic adds the column as NOT NULL at once: PostgreSQL and SQLite refuse that, and MariaDB stores
0, '' or '0000-00-00'. The recipe is that of strong_migrations: add the column as nullable, fill it,
then set NOT NULL. A source of values is refused when the column would still be NULL in some rows,
or when the values do not fit the column.
"""

import re
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic.operations import ops

from schema_lab.candidate.questions.fill_operation import (
    ColumnToFill,
    Filling,
    FillOp,
    constant_filling,
    keep_as_default,
    put_before_not_null,
)
from schema_lab.candidate.questions.fill_values import ModelDefault, fitting, model_default, read
from schema_lab.candidate.questions.live_database import LiveDatabase, former_column
from schema_lab.candidate.questions.question import Choice, Question, Value
from schema_lab.candidate.render.script import NoteOp
from schema_lab.compare.operations import describe
from schema_lab.database import is_mysql
from schema_lab.errors import InputError
from schema_lab.schema.words import type_text

KIND = "fill"
LARGE = 100_000
"""A table with more rows is filled in batches on PostgreSQL."""


def ask(upgrade: ops.UpgradeOps, live: LiveDatabase) -> Iterator[Question]:
    """Ask about each column that becomes NOT NULL although rows have no value in it."""
    for target in columns_to_fill(upgrade, live):
        yield _question(target, model_default(target.column, live), live)


def apply(upgrade: ops.UpgradeOps, question: Question, value: Value, live: LiveDatabase) -> None:
    """Fill the column between adding it as nullable and setting NOT NULL.

    Raises
    ------
    InputError
        When the value does not fit the column. Then nothing is changed.
    """
    found = columns_to_fill(upgrade, live)
    target = next(item for item in found if item.about == question.about)
    filling = _filling(upgrade, target, value, live)
    note = NoteOp(f"{question.about} is filled with {filling.words}.")
    if value[0] == "server_default":
        note = NoteOp(
            f"{question.about} is filled with {filling.words}, which becomes its server default.\n"
            f"The model needs the same default: server_default={str(filling.constant)!r}."
        )
        if keep_as_default(target, filling.constant):
            upgrade.ops.insert(upgrade.ops.index(target.container), note)
            return
    put_before_not_null(upgrade, target, [note, _fill(target, filling, live)])


def columns_to_fill(upgrade: ops.UpgradeOps, live: LiveDatabase) -> Iterator[ColumnToFill]:
    """List the columns that an upgrade makes NOT NULL although rows have no value there."""
    for container in upgrade.ops:
        if isinstance(container, ops.ModifyTableOps):
            for operation in container.ops:
                if isinstance(operation, ops.AddColumnOp) and _needs_value(operation.column):
                    yield from _new(container, operation, live)
                elif (
                    isinstance(operation, ops.AlterColumnOp) and operation.modify_nullable is False
                ):
                    yield from _existing(upgrade, container, operation, live)


def _needs_value(column: sa.Column[Any]) -> bool:
    given = column.server_default is not None or column.computed is not None
    return not (column.nullable or given or column.identity is not None)


def _new(
    container: ops.ModifyTableOps, operation: ops.AddColumnOp, live: LiveDatabase
) -> Iterator[ColumnToFill]:
    schema, name = container.schema, operation.column.name
    table = live.named(container.table_name, schema)
    if live.has(table, schema):
        rows = live.rows(table, schema)
        if rows:
            yield ColumnToFill(container, operation, operation.column, table, name, rows, rows)


def _existing(
    upgrade: ops.UpgradeOps,
    container: ops.ModifyTableOps,
    operation: ops.AlterColumnOp,
    live: LiveDatabase,
) -> Iterator[ColumnToFill]:
    schema = container.schema
    table = live.named(container.table_name, schema)
    name = former_column(upgrade, container.table_name, schema, operation.column_name)
    if live.has(table, schema, [name]):
        rows = live.rows(table, schema)
        empty = rows - live.values(table, schema, name)
        model = live.model(container.table_name, schema)
        if empty and model is not None:
            column = next(item for item in model.columns if item.name == operation.column_name)
            yield ColumnToFill(container, operation, column, table, name, rows, empty)


def _question(target: ColumnToFill, default: ModelDefault | None, live: LiveDatabase) -> Question:
    type_ = f"{type_text(target.column.type, live.dialect)} NOT NULL"
    if target.added:
        rows = "existing row" if target.rows == 1 else f"{target.rows} existing rows"
        column = f"`{target.column.name}` ({type_})"
        asked = f"Which value should the {rows} of `{target.table}` get in the new column {column}?"
    else:
        nulls = "NULL" if target.empty == 1 else f"{target.empty} NULLs"
        asked = (
            f"Which value should replace the {nulls} of `{target.about}`, which becomes {type_}?"
        )
    return Question(
        kind=KIND,
        about=target.about,
        sentence=asked,
        evidence=tuple(_evidence(target, default, live)),
        choices=tuple(_choices(target.about, default)),
        change="; ".join(item.sentence for item in describe(target.operation, live.dialect)),
        must=True,
    )


def _evidence(
    target: ColumnToFill, default: ModelDefault | None, live: LiveDatabase
) -> Iterator[str]:
    if not target.added:
        share = "The only value" if target.rows == 1 else f"{target.empty} of {target.rows} values"
        yield f"{share} of `{target.about}` {'is' if target.empty == 1 else 'are'} NULL."
    elif is_mysql(live.dialect.name):
        yield (
            "Without a value, MariaDB does not fail: it stores 0, '' or '0000-00-00' in every row."
        )
    else:
        yield "Without a value, the upgrade fails: the new column would be NULL in every row."
    if default is not None and default.problem:
        yield default.problem


def _choices(about: str, default: ModelDefault | None) -> Iterator[Choice]:
    call = f"candidate.fill({about!r}, "
    if default is not None and not default.problem:
        label = f"fill with the model's default, {default.filling.words}"
        yield Choice(label, f"{call}default=True)", ("default",))
    yield Choice("fill with the value", f"{call}value)", ("constant",), "a value", "value")
    yield Choice("compute the values with SQL", f'{call}sql="…")', ("sql",), "SQL")
    yield Choice("copy the column", f'{call}copy="…")', ("copy",), "a column")
    label = "use a server default for existing and future rows"
    yield Choice(label, f"{call}server_default=value)", ("server_default",), "a value", "value")


def _filling(
    upgrade: ops.UpgradeOps, target: ColumnToFill, value: Value, live: LiveDatabase
) -> Filling:
    """Give the filling that an answer chooses, if it fits."""
    if value[0] == "default":
        default = model_default(target.column, live)
        assert default is not None
        return default.filling
    if value[0] in ("constant", "server_default"):
        constant = fitting(read(value[1]), target.column.type, target.about, live.dialect)
        filling = constant_filling(constant, target.column.type, live.dialect)
    else:
        filling = Filling(sql=value[1]) if value[0] == "sql" else Filling(copied=value[1])
    _refuse_bad_source(upgrade, target, filling, live)
    return filling


def _fill(target: ColumnToFill, filling: Filling, live: LiveDatabase) -> FillOp:
    key = None
    if live.dialect.name == "postgresql" and target.empty > LARGE:
        key = _key(target.container, live)
    return FillOp(
        target.container.table_name, target.container.schema, _bare(target.column), filling, key
    )


def _key(container: ops.ModifyTableOps, live: LiveDatabase) -> sa.Column[Any] | None:
    """Give the column of a primary key that can be read in ranges."""
    model = live.model(container.table_name, container.schema)
    columns = list(model.primary_key.columns) if model is not None else []
    able = len(columns) == 1 and isinstance(columns[0].type, sa.Integer | sa.String)
    return _bare(columns[0]) if able else None


def _bare(column: sa.Column[Any]) -> sa.Column[Any]:
    return sa.Column(column.name, column.type)


def _refuse_bad_source(
    upgrade: ops.UpgradeOps, target: ColumnToFill, filling: Filling, live: LiveDatabase
) -> None:
    """Refuse values that leave NULL, or repeat a unique value. Reads the existing rows.

    Raises
    ------
    InputError
        With what to answer instead.
    """
    if filling.copied:
        _refuse_bad_copy(upgrade, target, filling.copied, live)
    elif filling.sql:
        if not _uses_new_columns(upgrade, target, filling.sql):
            _refuse_null(target, sa.literal_column(f"({filling.sql})"), filling.sql, live)
    elif target.empty > 1 and _is_unique(upgrade, target):
        raise InputError(
            f"`{target.about}` is unique, so {target.empty} rows cannot all get {filling.words}.",
            f'Use SQL that differs by row: `candidate.fill({target.about!r}, sql="…")`.',
        )


def _refuse_bad_copy(
    upgrade: ops.UpgradeOps, target: ColumnToFill, source: str, live: LiveDatabase
) -> None:
    container = target.container
    former = former_column(upgrade, container.table_name, container.schema, source)
    if not live.has(target.live_table, container.schema, [former]):
        columns = live.inspector.get_columns(target.live_table, container.schema)
        raise InputError(
            f"`{target.table}` has no column `{source}` to copy.",
            f"The columns of `{target.table}`: {', '.join(column['name'] for column in columns)}.",
        )
    _refuse_null(target, sa.column(former), source, live)
    length = getattr(getattr(target.column.type, "impl", target.column.type), "length", None)
    if length is not None:
        _refuse_long(target, former, length, live)


def _refuse_long(target: ColumnToFill, source: str, length: int, live: LiveDatabase) -> None:
    text = sa.cast(sa.column(source), sa.Text)
    named = sa.func.length if live.dialect.name == "sqlite" else sa.func.char_length
    if is_mysql(live.dialect.name):
        text = sa.column(source)  # type: ignore[assignment]
    found = _count(target, named(text) > length, live)
    if found:
        raise InputError(
            f"`{target.about}` allows {length} characters, but `{source}` is longer in {found} of "
            f"the {target.empty} rows to fill.",
            f"Shorten the values: `candidate.fill({target.about!r}, "
            f'sql="substr({source}, 1, {length})")`.',
        )


def _refuse_null(target: ColumnToFill, expression: Any, source: str, live: LiveDatabase) -> None:
    try:
        found = _count(target, expression.is_(None), live)
    except sa.exc.DBAPIError as error:
        said = " ".join(str(error.orig).split())
        raise InputError(
            f"The database refuses `{source}`: {said[:300]}",
            f"Correct the expression. It can use the columns of `{target.live_table}`.",
        ) from None
    if found:
        raise InputError(
            f"`{source}` is NULL in {found} of the {target.empty} rows to fill, so "
            f"`{target.about}` would stay NULL there.",
            "Give these rows a value: "
            f'`candidate.fill({target.about!r}, sql="coalesce({source}, …)")`.',
        )


def _count(target: ColumnToFill, condition: Any, live: LiveDatabase) -> int:
    table = sa.table(target.live_table, schema=target.container.schema)
    query = sa.select(sa.func.count()).select_from(table).where(condition)
    if not target.added:
        query = query.where(sa.column(target.live_column).is_(None))
    with live.connection.begin_nested() as inner:
        found = live.connection.scalar(query) or 0
        inner.rollback()
    return found


def _uses_new_columns(upgrade: ops.UpgradeOps, target: ColumnToFill, sql: str) -> bool:
    """Say whether an expression may use columns that the live table does not have yet."""
    words = set(re.findall(r"\w+", sql))
    for container in upgrade.ops:
        if isinstance(container, ops.ModifyTableOps):
            for operation in container.ops:
                if isinstance(operation, ops.AddColumnOp) and operation.column.name in words:
                    return True
                if isinstance(operation, ops.AlterColumnOp) and operation.modify_name in words:
                    return True
    return target.container.table_name != target.live_table


def _is_unique(upgrade: ops.UpgradeOps, target: ColumnToFill) -> bool:
    """Say whether the column is unique by itself."""
    own = [target.column.name]
    if target.column.unique or target.column.primary_key:
        return True
    table: Any = target.column.table
    for constraint in getattr(table, "constraints", ()):
        if (
            isinstance(constraint, sa.UniqueConstraint)
            and [item.name for item in constraint.columns] == own
        ):
            return True
    indexes = getattr(table, "indexes", ())
    return any(
        index.unique and [getattr(item, "name", None) for item in index.expressions] == own
        for index in indexes
    )

"""Random edits of a schema: what a person does to models between two migrations."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from tests.round_trip.kinds import KINDS, defaults_of
from tests.round_trip.spec import ColumnSpec, SchemaSpec, TableSpec
from tests.round_trip.strategies import COMMENTS, columns, parts, tables

Edit = Callable[[st.DrawFn, str, SchemaSpec, TableSpec], SchemaSpec]


@st.composite
def edited(draw: st.DrawFn, dialect: str, schema: SchemaSpec) -> SchemaSpec:
    """Draw what a schema becomes by one to four edits."""
    before = schema
    for _ in range(draw(st.integers(1, 4))):
        edit = draw(st.sampled_from(EDITS))
        table = draw(st.sampled_from(schema.tables))
        schema = edit(draw, dialect, schema, table)
    assume(all(_alike(one, old) for one in schema.tables for old in before.tables))
    return schema


def _alike(table: TableSpec, old: TableSpec) -> bool:
    """Say whether what went and came back under its name changed no more than `NOT_YET` allows."""
    if table.name.lower() != old.name.lower():
        return True
    there = {one.name.lower(): one for one in old.columns}
    both = [(there[one.name.lower()], one) for one in table.columns if one.name.lower() in there]
    names = {one.name.lower() for one, _ in both}
    checks = [{one for one in each.checks if one.column.lower() in names} for each in (table, old)]
    return (
        table.key == old.key
        and checks[0] == checks[1]
        and all(new.kind in _reached(one.kind) for one, new in both)
        and not any(_other_expression(one.default, new.default) for one, new in both)
    )


def _other_expression(before: Any, after: Any) -> bool:
    return isinstance(before, tuple) and isinstance(after, tuple) and before != after


def _reached(kind: str) -> set[str]:
    """Give the kinds that a kind becomes, step by step."""
    found, left = {kind}, [kind]
    while left:
        new = set(KINDS[left.pop()].becomes) - found
        found |= new
        left += new
    return found


def _with(schema: SchemaSpec, table: TableSpec) -> SchemaSpec:
    changed = (table if one.name == table.name else one for one in schema.tables)
    return replace(schema, tables=tuple(changed))


def _add_table(draw: st.DrawFn, dialect: str, schema: SchemaSpec, table: TableSpec) -> SchemaSpec:
    return replace(schema, tables=(*schema.tables, draw(tables(dialect, schema))))


def _drop_table(draw: st.DrawFn, dialect: str, schema: SchemaSpec, table: TableSpec) -> SchemaSpec:
    if not schema.tables[1:]:
        return schema
    rest = (_without_keys_to(table.name, one) for one in schema.tables if one.name != table.name)
    return replace(schema, tables=tuple(rest))


def _without_keys_to(name: str, table: TableSpec) -> TableSpec:
    kept = tuple(one for one in table.foreign_keys if one.target != name)
    return replace(table, foreign_keys=kept)


def _add_column(draw: st.DrawFn, dialect: str, schema: SchemaSpec, table: TableSpec) -> SchemaSpec:
    column = draw(columns(dialect, table.columns))
    return _with(schema, replace(table, columns=(*table.columns, column)))


def _drop_column(draw: st.DrawFn, dialect: str, schema: SchemaSpec, table: TableSpec) -> SchemaSpec:
    free = [one.name for one in table.columns if one.name not in table.key]
    if not free:
        return schema
    name = draw(st.sampled_from(free))
    return _with(
        schema,
        replace(
            table,
            columns=tuple(one for one in table.columns if one.name != name),
            uniques=tuple(one for one in table.uniques if name not in one.columns),
            indexes=tuple(one for one in table.indexes if name not in one.columns),
            foreign_keys=tuple(one for one in table.foreign_keys if name not in one.columns),
            checks=tuple(one for one in table.checks if one.column != name),
        ),
    )


def _free(table: TableSpec) -> list[ColumnSpec]:
    """List the columns that stand in no key, to be changed by themselves."""
    bound = {*table.key, *(name for one in table.foreign_keys for name in one.columns)}
    return [one for one in table.columns if one.name not in bound]


def _change_column(
    draw: st.DrawFn, dialect: str, schema: SchemaSpec, table: TableSpec
) -> SchemaSpec:
    free = _free(table)
    if not free:
        return schema
    column = draw(st.sampled_from(free))
    change = draw(st.sampled_from((_nullable, _default, _comment, _kind)))
    changed = change(draw, dialect, column, table)
    kept = (changed if one is column else one for one in table.columns)
    return _with(schema, replace(table, columns=tuple(kept)))


def _nullable(draw: Any, dialect: str, column: ColumnSpec, table: TableSpec) -> ColumnSpec:
    return replace(column, nullable=not column.nullable)


def _default(draw: Any, dialect: str, column: ColumnSpec, table: TableSpec) -> ColumnSpec:
    literal = [one for one in defaults_of(column.kind, dialect) if isinstance(one, str)]
    return replace(column, default=draw(st.sampled_from((None, *literal))))


def _comment(draw: Any, dialect: str, column: ColumnSpec, table: TableSpec) -> ColumnSpec:
    return replace(column, comment=draw(st.sampled_from(COMMENTS)))


def _kind(draw: Any, dialect: str, column: ColumnSpec, table: TableSpec) -> ColumnSpec:
    """Change the type; what is said of the column in SQL keeps it, as a cast may not."""
    in_sql = any(column.name == one.column for one in table.checks) or any(
        column.name == one.columns[0] and (one.form != "plain" or one.where)
        for one in table.indexes
    )
    keys = [one.columns for one in table.uniques] + [one.columns for one in table.indexes]
    keyed = any(column.name in one for one in keys)
    able = [one for one in KINDS[column.kind].becomes if KINDS[one].keyed or not keyed]
    if in_sql or not able:
        return column
    kind = draw(st.sampled_from(able))
    kept = column.default if column.default in defaults_of(kind, dialect) else None
    return replace(column, kind=kind, default=kept)


def _add_part(draw: st.DrawFn, dialect: str, schema: SchemaSpec, table: TableSpec) -> SchemaSpec:
    place = schema.tables.index(table)
    before = replace(schema, tables=schema.tables[:place])
    return _with(schema, draw(parts(dialect, before, table)))


def _drop_part(draw: st.DrawFn, dialect: str, schema: SchemaSpec, table: TableSpec) -> SchemaSpec:
    aspect = draw(st.sampled_from(("uniques", "indexes", "foreign_keys")))
    there = getattr(table, aspect)
    if not there:
        return schema
    gone = draw(st.sampled_from(there))
    kept = tuple(one for one in there if one is not gone)
    changed: dict[str, Any] = {aspect: kept}
    return _with(schema, replace(table, **changed))


def _comment_table(
    draw: st.DrawFn, dialect: str, schema: SchemaSpec, table: TableSpec
) -> SchemaSpec:
    return _with(schema, replace(table, comment=draw(st.sampled_from(COMMENTS))))


def _change_action(
    draw: st.DrawFn, dialect: str, schema: SchemaSpec, table: TableSpec
) -> SchemaSpec:
    if not table.foreign_keys:
        return schema
    key, *rest = table.foreign_keys
    changed = replace(key, ondelete=draw(st.sampled_from((None, "CASCADE"))))
    return _with(schema, replace(table, foreign_keys=(changed, *rest)))


EDITS: tuple[Edit, ...] = (
    _add_table,
    _drop_table,
    *(_add_column,) * 2,
    *(_drop_column,) * 2,
    *(_change_column,) * 4,
    *(_add_part,) * 3,
    *(_drop_part,) * 2,
    _comment_table,
    _change_action,
)

"""Tables that move between a staging metadata and the metadata of a set.

A table that is not touched stays the same object. SQLAlchemy has no such move, so this is done
with the private parts of a MetaData in `compat`: `tests/models/test_tables.py` compares the result
with a metadata that was built at once. Where a foreign key leads is read from its parts, since a
name may
hold a dot.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from functools import partial
from typing import Any

from sqlalchemy import Enum, ForeignKey, ForeignKeyConstraint, MetaData, Sequence, Table, event
from sqlalchemy.types import SchemaType

from schema_lab.compat.sqlalchemy_private import (
    await_goal,
    column_of,
    forget_objects,
    forget_sequences,
    goal_of,
    keys_by_name,
    share_schemas,
    take_objects,
    take_table,
    tie,
    tokens_of,
    variants,
)


def copied_into(table: Table, metadata: MetaData) -> Table:
    """Copy a table into a metadata; each type keeps its schema.

    SQLAlchemy's `to_metadata` gives an enum the schema of the table.

    Examples
    --------
    >>> from sqlalchemy import Column
    >>> moods = Table("moods", MetaData(), Column("mood", Enum("a", name="mood", schema="shop")))
    >>> copied_into(moods, MetaData()).columns["mood"].type.schema
    'shop'
    """
    copy = table.to_metadata(metadata)
    for column in table.columns:
        kinds = column.type, copy.columns[column.key].type
        was, made = (getattr(kind, "item_type", kind) for kind in kinds)
        if isinstance(was, Enum) and isinstance(made, Enum):
            made.schema = was.schema
    return copy


def target_of(key: ForeignKey) -> str:
    """Say the column to which a foreign key leads.

    Examples
    --------
    >>> target_of(ForeignKey("crm.users.id"))
    'crm.users.id'
    """
    return ".".join(filter(None, tokens_of(key)))


def target_table_of(constraint: ForeignKeyConstraint) -> str:
    """Name the table to which a foreign key leads, with its schema.

    Examples
    --------
    >>> target_table_of(ForeignKeyConstraint(["user_id"], ["crm.users.id"]))
    'crm.users'
    """
    schema, table, _ = tokens_of(constraint.elements[0])
    return f"{schema}.{table}" if schema else table


def target_columns_of(constraint: ForeignKeyConstraint) -> tuple[str, ...]:
    """Name the columns to which a foreign key leads.

    Examples
    --------
    >>> target_columns_of(ForeignKeyConstraint(["user_id"], ["users.id"]))
    ('id',)
    """
    return tuple(tokens_of(element).column_name or "" for element in constraint.elements)


EVENTS = ("before_create", "after_drop")
"""What a named type listens to on the metadata of its table."""


def staging(metadata: MetaData) -> MetaData:
    """Give a metadata that shares the tables of another."""
    made = MetaData(naming_convention=metadata.naming_convention, info=metadata.info)
    share(made, metadata, ())
    return made


def share(staged: MetaData, metadata: MetaData, without: Collection[str]) -> None:
    """Let a staging metadata see the tables of another that it does not, but for the keys given."""
    further = {key: each for key, each in metadata.tables.items() if key not in staged.tables}
    for key in without:
        further.pop(key, None)
    dict.update(staged.tables, further)
    share_schemas(staged, metadata)


def own(metadata: MetaData) -> list[Table]:
    """Give the tables that were made in a metadata, without those that it shares."""
    return [table for table in metadata.tables.values() if table.metadata is metadata]


def bare(metadata: MetaData, owner: Callable[[str], str | None]) -> list[Table]:
    """Give the tables without a class, which were written as `Table(…, Model.metadata, …)`."""
    return [table for table in own(metadata) if owner(table.key) is None]


def pointing(metadata: MetaData, keys: Collection[str]) -> Iterator[ForeignKey]:
    """Give the foreign keys by name to tables, whether these are there or not."""
    memos = keys_by_name(metadata) if keys else {}
    for found in [each for (key, _), each in memos.items() if key in keys]:
        yield from list(found)


def waiting(metadata: MetaData) -> list[ForeignKey]:
    """Give the foreign keys to tables that are not there, by their own table's place and name."""
    tables = metadata.tables
    keys = {key for key, _ in keys_by_name(metadata) if key not in tables}
    here = [key for key in pointing(metadata, keys) if key.parent.table.metadata is metadata]
    places = {key: place for place, key in enumerate(tables)} if here else {}
    return sorted(here, key=lambda key: (places[key.parent.table.key], key.parent.name))


def concerned(metadata: MetaData, former: MetaData, keys: Collection[str]) -> list[ForeignKey]:
    """Give the foreign keys of tables, and those that point at them, in the order of their names.

    Parameters
    ----------
    metadata
        With the tables.
    former
        A metadata that knows who points at a table, also while its tables are shared.
    keys
        The keys of the tables.
    """
    tables = metadata.tables
    here = {foreign_key for key in tables.keys() & keys for foreign_key in tables[key].foreign_keys}
    others = (foreign_key for each in (metadata, former) for foreign_key in pointing(each, keys))
    here.update(
        foreign_key
        for foreign_key in others
        if tables.get(foreign_key.parent.table.key) is foreign_key.parent.table
    )
    return sorted(
        here, key=lambda foreign_key: (foreign_key.parent.table.key, foreign_key.parent.name)
    )


def release(metadata: MetaData, tables: Iterable[Table]) -> None:
    """Take tables out, with all that they have registered; foreign keys to them wait."""
    gone = [table for table in tables if metadata.tables.get(table.key) is table]
    types = {id(each): each for table in gone for each in _types(table)}
    for table in gone:
        metadata.remove(table)
        forget_sequences(metadata, _sequences(table))
    forget_objects(metadata, types.values())
    for name, listener in _listeners(metadata) if types else ():
        if id(_listening(listener)) in types:
            event.remove(metadata, name, listener)
    for foreign_key in pointing(metadata, {table.key for table in gone}):
        foreign_key.__dict__.pop("column", None)


def adopt(metadata: MetaData, staged: MetaData) -> None:
    """Move the tables that were made in a staging metadata; foreign keys to them find them."""
    tables = own(staged)
    for table in tables:
        take_table(metadata, table)
        for foreign_key in table.foreign_keys:
            if column_of(foreign_key) is None:
                await_goal(metadata, foreign_key)
    for name, listener in _listeners(staged):
        event.listen(metadata, name, listener)
    take_objects(metadata, staged)
    for foreign_key in pointing(metadata, {table.key for table in tables}):
        _tie(foreign_key, metadata)


def _tie(foreign_key: ForeignKey, metadata: MetaData) -> None:
    """Let a foreign key by name find its table; a column without a type gets that one's."""
    key, column = goal_of(foreign_key)
    table = metadata.tables[key]
    if column in (None, *table.columns.keys()):
        tie(foreign_key, table)


def _listeners(metadata: MetaData) -> list[tuple[str, Any]]:
    return [(name, listener) for name in EVENTS for listener in getattr(metadata.dispatch, name)]


def _listening(listener: Any) -> Any:
    if isinstance(listener, partial):
        return getattr(listener.func, "__self__", None)
    return getattr(listener, "target", None)  # SQLAlchemy 2.0


def _types(table: Table) -> Iterator[SchemaType]:
    for column in table.columns:
        for each in (column.type, getattr(column.type, "item_type", None)):
            others = variants(each).values()
            yield from (kind for kind in (each, *others) if isinstance(kind, SchemaType))


def _sequences(table: Table) -> Iterator[Sequence]:
    for column in table.columns:
        if isinstance(column.default, Sequence):
            yield column.default

"""Tables that move between a staging metadata and the metadata of a set.

A table that is not touched stays the same object. SQLAlchemy knows no such move, so this file alone
speaks with the private parts of a MetaData: `tests/models/test_tables.py` compares what results
with a metadata that was built in one go.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from functools import partial
from typing import Any

from sqlalchemy import ForeignKey, MetaData, Sequence, Table, event
from sqlalchemy.types import SchemaType

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
    staged._schemas.update(metadata._schemas)


def own(metadata: MetaData) -> list[Table]:
    """Give the tables that were made in a metadata, without those that it shares."""
    return [table for table in metadata.tables.values() if table.metadata is metadata]


def bare(metadata: MetaData, owner: Callable[[str], str | None]) -> list[Table]:
    """Give the tables without a class, which were written as `Table(…, Model.metadata, …)`."""
    return [table for key, table in metadata.tables.items() if owner(key) is None]


def pointing(metadata: MetaData, keys: Collection[str]) -> Iterator[ForeignKey]:
    """Give the foreign keys by name to tables, whether these are there or not."""
    memos = metadata._fk_memos if keys else {}
    for found in [each for (key, _), each in memos.items() if key in keys]:
        yield from list(found)


def waiting(metadata: MetaData) -> list[ForeignKey]:
    """Give the foreign keys to tables that are not there, by their own table's place and name."""
    tables = metadata.tables
    keys = {key for key, _ in metadata._fk_memos if key not in tables}
    here = [one for one in pointing(metadata, keys) if one.parent.table.metadata is metadata]
    places = {key: place for place, key in enumerate(tables)} if here else {}
    return sorted(here, key=lambda one: (places[one.parent.table.key], one.parent.name))


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
    here = {one for key in tables.keys() & keys for one in tables[key].foreign_keys}
    others = (one for each in (metadata, former) for one in pointing(each, keys))
    here.update(one for one in others if tables.get(one.parent.table.key) is one.parent.table)
    return sorted(here, key=lambda one: (one.parent.table.key, one.parent.name))


def release(metadata: MetaData, tables: Iterable[Table]) -> None:
    """Take tables out, with all that they have registered; foreign keys to them wait."""
    gone = [table for table in tables if metadata.tables.get(table.key) is table]
    types = {id(each): each for table in gone for each in _types(table)}
    for table in gone:
        metadata.remove(table)
        for sequence in _sequences(table):
            metadata._sequences.pop(sequence._key, None)
    metadata._objects.difference_update(types.values())
    for name, listener in _listeners(metadata) if types else ():
        if id(_listening(listener)) in types:
            event.remove(metadata, name, listener)
    for foreign_key in pointing(metadata, {table.key for table in gone}):
        foreign_key.__dict__.pop("column", None)


def adopt(metadata: MetaData, staged: MetaData) -> None:
    """Move the tables that were made in a staging metadata; foreign keys to them find them."""
    tables = own(staged)
    for table in tables:
        table.metadata = metadata
        metadata._add_table(table.name, table.schema, table)
        for foreign_key in table.foreign_keys:
            if foreign_key.target_column is None:
                _, key, column = foreign_key._resolve_col_tokens()
                metadata._fk_memos[key, column].append(foreign_key)
    for name, listener in _listeners(staged):
        event.listen(metadata, name, listener)
    for each in staged._objects:
        vars(each)["metadata"] = metadata
    metadata._objects |= staged._objects
    metadata._sequences |= staged._sequences
    for foreign_key in pointing(metadata, {table.key for table in tables}):
        _tie(foreign_key, metadata)


def _tie(foreign_key: ForeignKey, metadata: MetaData) -> None:
    """Let a foreign key by name find its table; a column without a type gets that one's."""
    _, key, column = foreign_key._resolve_col_tokens()
    table = metadata.tables[key]
    if column in (None, *table.columns.keys()):
        foreign_key._set_remote_table(table)


def _listeners(metadata: MetaData) -> list[tuple[str, Any]]:
    return [(name, one) for name in EVENTS for one in getattr(metadata.dispatch, name)]


def _listening(listener: Any) -> Any:
    return getattr(listener.func, "__self__", None) if isinstance(listener, partial) else None


def _types(table: Table) -> Iterator[SchemaType]:
    for column in table.columns:
        for each in (column.type, getattr(column.type, "item_type", None)):
            variants = getattr(each, "_variant_mapping", {}).values()
            yield from (one for one in (each, *variants) if isinstance(one, SchemaType))


def _sequences(table: Table) -> Iterator[Sequence]:
    for column in table.columns:
        if isinstance(column.default, Sequence):
            yield column.default

"""Copies of what a class body says about its table, so that each build attaches its own.

A deep copy alone loses what a column does when it is attached: its foreign keys, the CHECK of an
enumeration. Columns and foreign keys therefore make their own copies, as they do for a mixin;
Alembic copies them through the same method.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, get_origin

from pydantic.fields import FieldInfo
from sqlalchemy import Column, ForeignKey
from sqlalchemy.orm import RelationshipProperty
from sqlalchemy.schema import SchemaItem
from sqlmodel.main import FieldInfoMetadata, RelationshipInfo

ANNOTATIONS = "__annotations__"
_SETTINGS = ("__table_args__", "__mapper_args__")
_SCHEMA = (FieldInfo, RelationshipInfo, RelationshipProperty, SchemaItem)


def schema_copies(namespace: Mapping[str, Any]) -> dict[str, Any]:
    """Copy the fields, relationships, columns, table settings and annotations of a class body."""
    schema = {key: value for key, value in namespace.items() if _is_schema(key, value)}
    copies = {id(item): item._copy() for item in attached(namespace)}
    return copy.deepcopy({**schema, ANNOTATIONS: namespace[ANNOTATIONS]}, copies)


def attached(namespace: Mapping[str, Any]) -> Iterator[Column[Any] | ForeignKey]:
    """Find the columns and foreign keys that a class body hands to SQLAlchemy itself."""
    for key, value in namespace.items():
        if _is_schema(key, value):
            yield from _items(value)
    for value in namespace[ANNOTATIONS].values():
        yield from _items(value)


def _is_schema(key: str, value: Any) -> bool:
    return key in _SETTINGS or isinstance(value, _SCHEMA)


def _items(value: Any) -> Iterator[Column[Any] | ForeignKey]:
    """Find the columns and foreign keys in a field, or in the fields inside Annotated."""
    if isinstance(value, (Column, ForeignKey)):
        yield value
    elif isinstance(value, (FieldInfo, FieldInfoMetadata)):
        arguments = getattr(value, "sa_column_args", None)
        for each in arguments if isinstance(arguments, Sequence) else ():
            yield from _items(each)
        for each in (getattr(value, "sa_column", None), *getattr(value, "metadata", ())):
            yield from _items(each)
    elif get_origin(value) is Annotated:
        for each in value.__metadata__:
            yield from _items(each)

"""What SQLModel, pydantic and SQLAlchemy mean, as a fact and a cure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sqlmodel import SQLModel
from sqlmodel.main import SQLModelMetaclass, get_column_from_field

from schema_lab.errors import ModelError
from schema_lab.models.definitions import ANNOTATIONS, Definition

_KEY_CURE = "Give it one, such as `id: int | None = Field(default=None, primary_key=True)`."
_TYPE_CURE = (
    "Use a type such as str, int or datetime, or name the column type with sa_type=…; "
    "an attribute that holds another model needs Relationship()."
)
_JOIN_CURE = (
    "Give one of the two classes a foreign key to the other, "
    'such as `user_id: int = Field(foreign_key="users.id")`.'
)
_AMBIGUOUS_CURE = (
    "Say which one is meant, such as "
    '`Relationship(sa_relationship_kwargs={"foreign_keys": "[Post.author_id]"})`.'
)


def build_error(
    definition: Definition, error: Exception, classes: Mapping[str, type[SQLModel]]
) -> ModelError:
    """Say why a class cannot be built."""
    text = _text(error)
    if "could not assemble any primary key" in text:
        return ModelError(f"{definition.name} has no primary key.", _KEY_CURE)
    if match := re.match(r"Table '(.+?)' is already defined", text):
        return _same_table(definition.name, match[1], classes)
    field = _field_at_fault(definition)
    if field is not None:
        return ModelError(f"{definition.name}.{field} cannot be a column: {text}.", _TYPE_CURE)
    return ModelError(f"{definition.name} cannot be built: {text}.")


def mapping_error(error: Exception) -> ModelError:
    """Say which relationship does not fit."""
    text = _text(error)
    cause = re.search(r"Original exception was: (.*)", text)
    text = cause[1] if cause else text
    place = re.search(r"on relationship (\S+)", text)
    if place and "there are no foreign keys" in text:
        return ModelError(f"{place[1]} finds no foreign key between the two tables.", _JOIN_CURE)
    if place and "multiple foreign key paths" in text:
        return ModelError(f"{place[1]} finds more than one foreign key.", _AMBIGUOUS_CURE)
    return ModelError(f"The relationships do not fit: {text.split('.  ')[0].rstrip('.')}.")


def _same_table(name: str, table: str, classes: Mapping[str, type[SQLModel]]) -> ModelError:
    owners = (key for key, each in classes.items() if _table_name(each) == table)
    other = next(owners, "another class")
    return ModelError(
        f"{other} and {name} both have the table {table}.",
        f'Drop one with `lab.forget("{other}")`, or give one another `__tablename__`.',
    )


def _table_name(cls: type[SQLModel]) -> str | None:
    table = getattr(cls, "__table__", None)
    return None if table is None else str(table.key)


def _field_at_fault(definition: Definition) -> str | None:
    """Try each field alone; give the first that makes no column."""
    body = definition.body(lambda _: None)
    for field, annotation in body[ANNOTATIONS].items():
        if field in definition.relationships or field.startswith("__"):
            continue
        alone: dict[str, Any] = {key: body[key] for key in (field, "__module__") if key in body}
        try:
            made: Any = SQLModelMetaclass(
                "Probe", (SQLModel,), {**alone, ANNOTATIONS: {field: annotation}}
            )
            for each in made.model_fields.values():
                get_column_from_field(each)
        except Exception:  # noqa: BLE001  # whatever it is, this field is the one
            return str(field)
    return None


def _text(error: Exception) -> str:
    """Give the first line of an error, without the link that SQLAlchemy adds."""
    lines = str(error.args[0] if error.args else error).strip().splitlines() or [repr(error)]
    return lines[0].rstrip(".")

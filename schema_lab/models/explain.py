"""What SQLModel, pydantic and SQLAlchemy mean, as a fact and a cure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import MetaData
from sqlalchemy.exc import NoReferencedTableError
from sqlmodel import SQLModel
from sqlmodel.main import SQLModelMetaclass, get_column_from_field

from schema_lab.errors import ModelError
from schema_lab.models.definitions import ANNOTATIONS, Definition, name_of, relationship_target
from schema_lab.models.tables import target_of

Classes = Mapping[str, type[SQLModel]]
Definitions = Mapping[str, Definition]

_KEY_CURE = "Give it one, such as `id: int | None = Field(default=None, primary_key=True)`."
_TYPE_CURE = (
    "Use a type such as str, int or datetime, or name the column type with sa_type=…; "
    "an attribute that holds another model needs Relationship()."
)
_TARGET_CURE = 'Annotate it with a class or a list of one: "Post", "Post | None", list["Post"].'
_DERIVED_CURE = "Put what they share into a class without table=True, and derive both from it."
_JOIN_CURE = (
    "Give one of the two classes a foreign key to the other, "
    'such as `user_id: int = Field(foreign_key="users.id")`.'
)
_AMBIGUOUS_CURE = (
    "Say which one is meant, such as "
    '`Relationship(sa_relationship_kwargs={"foreign_keys": "[Post.author_id]"})`.'
)


def build_error(
    definition: Definition, error: Exception, definitions: Definitions, classes: Classes
) -> ModelError:
    """Say why a class cannot be built."""
    name, text = definition.name, _sentence(error)
    if "could not assemble any primary key" in text:
        return ModelError(f"{name} has no primary key.", _KEY_CURE)
    if match := re.match(r"Table '(.+?)' is already defined", text):
        return _same_table(name, match[1], definitions, classes)
    if (relationship := _relationship_at_fault(definition)) is not None:
        fact = f"{name}.{relationship} does not say which class it holds."
        return ModelError(fact, _TARGET_CURE)
    if (field := _field_at_fault(definition)) is not None:
        return _no_column(f"{name}.{field}", error)
    return ModelError(f"{name} cannot be built: {text}.")


def refuse_table_above(definition: Definition, bases: tuple[type[Any], ...]) -> None:
    """Raise a ModelError for a table class over a table class: SQLModel maps no such class."""
    for base in bases:
        if definition.keywords.get("table") and hasattr(base, "__table__"):
            fact = f"{definition.name} derives from {base.__name__}, which has a table."
            raise ModelError(fact, _DERIVED_CURE)


def refuse_namesake(definition: Definition, first: str | None) -> None:
    """Raise a ModelError when two modules define a class of the same name.

    The second would take the place of the first, whose table would then seem to be gone. A
    notebook may redefine the class of a module, and any statement one that came with a seed.
    """
    name, second = definition.name, definition.module
    if first not in (None, "__main__", second) and second != "__main__":
        raise ModelError(
            f"Two modules define a class named {name}: {first} and {second}.",
            "Give one of the two another name.",
        )


def mapping_error(error: Exception, metadata: MetaData) -> ModelError:
    """Say which relationship does not fit."""
    text = _sentence(error)
    place = re.search(r"on relationship (\S+)", text)
    if place and "there are no foreign keys" in text:
        fact = f"{place[1]} finds no foreign key between the two tables."
        return ModelError(fact, _foreign_key_to_nowhere(metadata) or _JOIN_CURE)
    if place and "multiple foreign key paths" in text:
        return ModelError(f"{place[1]} finds more than one foreign key.", _AMBIGUOUS_CURE)
    return ModelError(f"The relationships do not fit: {text}.")


def _same_table(name: str, table: str, definitions: Definitions, classes: Classes) -> ModelError:
    owners = [key for key, each in classes.items() if _table_of(each) == table]
    if not owners:
        return ModelError(
            f"{name} has the table {table}, which already exists without a class.",
            "Give it another `__tablename__`, or leave out the Table of that name.",
        )
    order = [*definitions, name]
    older, newer = sorted((owners[0], name), key=order.index)
    return ModelError(
        f"{older} and {newer} both have the table {table}.",
        f'Drop the one that is gone, such as `lab.forget("{older}")`, '
        "or give one another `__tablename__`.",
    )


def _table_of(cls: type[SQLModel] | None) -> str | None:
    table = getattr(cls, "__table__", None)
    return None if table is None else str(table.key)


def _no_column(place: str, error: Exception) -> ModelError:
    text = _sentence(error)
    if text.startswith("issubclass()"):
        return ModelError(f"{place} has a type that nothing defines.", _TYPE_CURE)
    about_type = isinstance(error, TypeError | ValueError) or "pydantic-core schema" in text
    return ModelError(f"{place} cannot be a column: {text}.", _TYPE_CURE if about_type else "")


def _relationship_at_fault(definition: Definition) -> str | None:
    """Give the first relationship whose annotation is missing or holds no class."""
    annotations = definition.namespace[ANNOTATIONS]
    for key in definition.relationships:
        annotation = annotations.get(key)
        if relationship_target(annotation, lambda part: name_of(part) or _type_name(part)) is None:
            return key
    return None


def _type_name(part: Any) -> str | None:
    return part.__name__ if isinstance(part, SQLModelMetaclass) else None


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


def _foreign_key_to_nowhere(metadata: MetaData) -> str:
    """Name a foreign key whose table does not exist: most likely its name is mistyped."""
    for table in metadata.tables.values():
        for key in table.foreign_keys:
            try:
                key.column  # noqa: B018  # looks the column up
            except NoReferencedTableError as error:
                known = ", ".join(metadata.tables)
                return (
                    f"The foreign key to {target_of(key)} finds no table "
                    f"{error.table_name}; the tables are: {known}."
                )
    return ""


def _sentence(error: Exception) -> str:
    """Give the first sentence of an error, or of the one that it repeats."""
    text = str(error.args[0] if error.args else error).strip() or type(error).__name__
    if not isinstance(error.args[0] if error.args else None, str) or " " not in text:
        text = f"{type(error).__name__}: {text}"
    text = text.rpartition("Original exception was: ")[2]
    return re.split(r"\.\s|\n", text)[0].rstrip(".")

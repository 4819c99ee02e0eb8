"""Between classes: what a relationship or a foreign key points at, and whether it is there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from sqlalchemy import ForeignKey, MetaData, Table
from sqlmodel import SQLModel

from schema_lab.errors import ModelError
from schema_lab.models.definitions import Definition
from schema_lab.models.tables import waiting
from schema_lab.models.targets import target_of

Classes = Mapping[str, type[SQLModel]]
Definitions = Mapping[str, Definition]
Find = Callable[[str], type[SQLModel] | None]


def absent_relationships(name: str, definitions: Definitions) -> frozenset[str]:
    """Give the relationships of a class that need a class which nothing defines.

    The other side of such a relationship is absent with it.
    """
    return frozenset(
        key
        for key in definitions[name].relationships
        if _is_lacking(name, key, definitions)
        or _is_lacking(*_other_side(name, key, definitions), definitions)
    )


def _is_lacking(name: str, key: str | None, definitions: Definitions) -> bool:
    there = definitions.get(name)
    return (
        there is not None
        and key in there.relationships
        and not all(each in definitions for each in there.targets[key])
    )


def _other_side(name: str, key: str, definitions: Definitions) -> tuple[str, str | None]:
    target = definitions[name].targets[key][:1]
    return ("".join(target), definitions[name].relationships[key].back_populates)


def waiting_sentences(
    definitions: Definitions, metadata: MetaData, owner: Callable[[str], str | None]
) -> Iterator[str]:
    """Say which relationships wait for a class, and which foreign keys for a table."""
    for name, definition in definitions.items():
        for key, needs in definition.targets.items():
            for missing in sorted(each for each in needs if each not in definitions):
                yield f"{name}.{key} waits for a class named {missing}"
    for each in waiting(metadata):
        table = each.parent.table
        place = f"{owner(table.key) or table.name}.{each.parent.name}"
        yield f"{place} waits for a table named {each.target_table_key}"


def check_foreign_keys(
    keys: Iterable[ForeignKey], metadata: MetaData, owner: Callable[[str], str | None]
) -> None:
    """Raise a ModelError for a foreign key to a column that its table does not have."""
    for key in keys:
        target = metadata.tables.get(key.target_table_key or "")
        place = f"{owner(key.parent.table.key) or key.parent.table.name}.{key.parent.name}"
        if key.target_column is not None and key.target_column.table is not target:
            raise ModelError(
                f"{place} has a foreign key to a column object, "
                "which stays behind when the models are built again.",
                f'Give it as a string: "{target_of(key)}".',
            )
        name = key.target_tokens.column_name or key.parent.name
        if target is not None and name not in _names(target, key):
            raise ModelError(
                f"{place} has a foreign key to {target_of(key)}, but there is no column {name}.",
                f"The columns of {target.name} are: {', '.join(target.columns.keys())}.",
            )


def _names(table: Table, key: ForeignKey) -> Iterable[str]:
    return table.columns.keys() if not key.link_to_name else [one.name for one in table.columns]


def check_relationships(names: Iterable[str], definitions: Definitions, classes: Find) -> None:
    """Raise a ModelError for a relationship to no table, or to nothing on the other side.

    Parameters
    ----------
    names
        The classes whose relationships are looked at.
    definitions
        All definitions.
    classes
        Gives the class of a name.
    """
    for name in names:
        for key in definitions[name].relationships.keys() - absent_relationships(name, definitions):
            target, back = _other_side(name, key, definitions)
            cls = classes(target)
            if cls is None:
                continue
            if not hasattr(cls, "__table__"):
                raise _no_table(f"{name}.{key}", target)
            if back and not hasattr(cls, back):
                raise _no_relationship(f"{name}.{key}", back, definitions[target])


def _no_table(place: str, target: str) -> ModelError:
    return ModelError(
        f"{place} is a relationship to {target}, which has no table.",
        f"Give {target} table=True, or make {place} a field.",
    )


def _no_relationship(place: str, back: str, target: Definition) -> ModelError:
    known = ", ".join(target.relationships)
    return ModelError(
        f"{place} has back_populates={back!r}, but {target.name} has no relationship named {back}.",
        f"The relationships of {target.name} are: {known}."
        if known
        else f"Add {back} to {target.name}, or leave back_populates out.",
    )

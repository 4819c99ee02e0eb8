"""Between classes: what a relationship or a foreign key points at, and whether it is there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlalchemy import ForeignKey, MetaData
from sqlalchemy.exc import NoReferencedColumnError, NoReferencedTableError
from sqlmodel import SQLModel

from schema_lab.errors import ModelError
from schema_lab.models.definitions import Definition

Absent = frozenset[tuple[str, str]]
Classes = Mapping[str, type[SQLModel]]


def absent_relationships(definitions: Mapping[str, Definition]) -> Absent:
    """Give the relationships, as class and attribute, that need a class which nothing defines.

    The other side of such a relationship is absent with it.
    """
    relationships = [
        (each.name, key) for each in definitions.values() for key in each.relationships
    ]
    lacking = {
        (name, key)
        for name, key in relationships
        if not definitions.keys() >= set(definitions[name].targets[key])
    }
    other_sides = {pair for pair in relationships if _other_side(*pair, definitions) in lacking}
    return frozenset(lacking | other_sides)


def _other_side(
    name: str, key: str, definitions: Mapping[str, Definition]
) -> tuple[str, str | None]:
    target = definitions[name].targets[key][:1]
    return ("".join(target), definitions[name].relationships[key].back_populates)


def waiting_sentences(
    definitions: Mapping[str, Definition], classes: Classes, metadata: MetaData
) -> Iterator[str]:
    """Say which relationships wait for a class, and which foreign keys for a table."""
    for name, definition in definitions.items():
        for key, needs in definition.targets.items():
            for missing in sorted(set(needs) - definitions.keys()):
                yield f"{name}.{key} waits for a class named {missing}"
    for foreign_key in _foreign_keys(metadata):
        try:
            foreign_key.column  # noqa: B018  # looks the column up
        except NoReferencedTableError as error:
            yield f"{_place(foreign_key, classes)} waits for a table named {error.table_name}"


def check_foreign_keys(metadata: MetaData, classes: Classes) -> None:
    """Raise a ModelError for a foreign key to a column that its table does not have."""
    for key in _foreign_keys(metadata):
        try:
            column = key.column
        except NoReferencedTableError:
            continue
        except NoReferencedColumnError as error:
            raise _no_column(key, error, classes, metadata) from error
        if metadata.tables.get(column.table.key) is not column.table:
            raise ModelError(
                f"{_place(key, classes)} has a foreign key to a column object, "
                "which stays behind when the models are built again.",
                f'Give it as a string: "{column.table.key}.{column.name}".',
            )


def check_relationships(
    definitions: Mapping[str, Definition], classes: Classes, absent: Absent
) -> None:
    """Raise a ModelError for a relationship to no table, or to nothing on the other side."""
    for name, definition in definitions.items():
        for key in definition.relationships:
            target, back = _other_side(name, key, definitions)
            if (name, key) in absent or target not in classes:
                continue
            if not hasattr(classes[target], "__table__"):
                raise _no_table(f"{name}.{key}", target)
            if back and not hasattr(classes[target], back):
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


def _no_column(
    key: ForeignKey, error: NoReferencedColumnError, classes: Classes, metadata: MetaData
) -> ModelError:
    columns = ", ".join(metadata.tables[key.target_fullname.rpartition(".")[0]].columns.keys())
    return ModelError(
        f"{_place(key, classes)} has a foreign key to {key.target_fullname}, "
        f"but there is no column {error.column_name}.",
        f"The columns of {error.table_name} are: {columns}.",
    )


def _foreign_keys(metadata: MetaData) -> Iterator[ForeignKey]:
    for table in metadata.tables.values():
        yield from sorted(table.foreign_keys, key=lambda key: key.parent.name)


def _place(key: ForeignKey, classes: Classes) -> str:
    """Name the class and the column that hold a foreign key."""
    table = key.parent.table
    owners = (name for name, each in classes.items() if getattr(each, "__table__", None) is table)
    return f"{next(owners, table.name)}.{key.parent.name}"

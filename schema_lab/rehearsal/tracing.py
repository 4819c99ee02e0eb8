"""What a database's schema is made of, by name, to see what a round trip leaves behind."""

import warnings
from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from schema_lab.history import as_lab_errors
from schema_lab.rehearsal.copies import table_keys
from schema_lab.rehearsal.performing import version_table
from schema_lab.rehearsal.stage import Stage

Schema = Mapping[str, str]


def schema_of(stage: Stage) -> Schema:
    """Describe each column, index, constraint and enum type by name. Read-only."""
    hidden = version_table(stage)
    with (
        warnings.catch_warnings(),
        as_lab_errors(stage.environment.url),
        stage.environment.engine.connect() as connection,
    ):
        warnings.simplefilter("ignore", sa.exc.SAWarning)
        inspector = sa.inspect(connection)
        return dict(_things(connection, inspector, hidden))


def traces(before: Schema, after: Schema) -> tuple[str, ...]:
    """Say how two schemas differ, a sentence for each difference."""
    return tuple(
        _difference(name, before.get(name), after.get(name))
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    )


def _difference(name: str, before: str | None, after: str | None) -> str:
    if before is None:
        return f"{name} stays behind"
    return f"{name} is gone" if after is None else f"{name} was {before} and is {after}"


def _things(
    connection: sa.Connection, inspector: sa.Inspector, hidden: str
) -> Iterator[tuple[str, str]]:
    for key in table_keys(inspector):
        if key[1] != hidden:
            yield from _of_table(connection, inspector, key)
    for view in inspector.get_view_names():
        yield f"view {view}", "there"
    if connection.dialect.name == "postgresql":
        for kind in inspector.get_enums():  # type: ignore[attr-defined]
            yield f"type {kind['name']}", ", ".join(kind["labels"])
        for sequence in inspector.get_sequence_names():
            yield f"sequence {sequence}", "there"


def _of_table(
    connection: sa.Connection, inspector: sa.Inspector, key: tuple[str | None, str]
) -> Iterator[tuple[str, str]]:
    schema, name = key
    shown = f"{schema}.{name}" if schema else name
    yield f"table {shown}", "there"
    for column in inspector.get_columns(name, schema):
        kind = column["type"]
        spelled = "" if isinstance(kind, sa.types.NullType) else kind.compile(connection.dialect)
        null = "NULL" if column["nullable"] else "NOT NULL"
        default = f" DEFAULT {column['default']}" if column["default"] is not None else ""
        yield f"column {shown}.{column['name']}", f"{spelled} {null}{default}".strip()
    primary = inspector.get_pk_constraint(name, schema)["constrained_columns"]
    if primary:
        yield f"primary key of {shown}", ", ".join(primary)
    yield from _named("index", shown, inspector.get_indexes(name, schema))
    yield from _named("unique constraint", shown, inspector.get_unique_constraints(name, schema))
    yield from _named("check", shown, inspector.get_check_constraints(name, schema))
    yield from _named("foreign key", shown, inspector.get_foreign_keys(name, schema))


def _named(kind: str, table: str, found: Any) -> Iterator[tuple[str, str]]:
    for one in found:
        told = {key: value for key, value in one.items() if key != "name" and value}
        name = one["name"] or "without a name"
        yield f"{kind} {name} on {table}", str(sorted(told.items()))

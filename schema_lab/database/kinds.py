"""What is known of a live table's columns: type, keys, where they refer to, NULL."""

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from schema_lab.database.column_types import types_of
from schema_lab.database.constraints import reflected_unique
from schema_lab.database.foreign_keys import reflected_foreign_keys
from schema_lab.database.indexes import reflected_indexes
from schema_lab.database.mariadb import plain
from schema_lab.database.reading import Place, spelled
from schema_lab.views.frame import Head


def kinds(connection: sa.Connection, place: Place) -> list[Head]:
    """Say of each column of a table what it is, in the table's own order. Read-only.

    Examples
    --------
    >>> engine = sa.create_engine("sqlite://")
    >>> with engine.begin() as connection:
    ...     _ = connection.execute(sa.text("CREATE TABLE t (id INTEGER PRIMARY KEY)"))
    ...     [(one.name, one.type, one.keys) for one in kinds(connection, (None, "t"))]
    [('id', 'INTEGER', ('PK',))]
    """
    schema, name = place
    there, dialect = sa.inspect(connection), connection.dialect
    found: list[dict[str, Any]] = [dict(one) for one in there.get_columns(name, schema)]
    types = types_of(connection, place, found)
    primary = there.get_pk_constraint(name, schema)["constrained_columns"]
    key = {plain(dialect, one) for one in primary}
    targets = _targets(dialect, reflected_foreign_keys(connection, schema, [name])[place])
    alone = {plain(dialect, one) for one in _unique(connection, place)}
    return [
        Head(
            here := plain(dialect, one["name"]),
            types[one["name"]],
            _keys(here, key, targets, alone),
            targets.get(here, ""),
            bool(one["nullable"]),
        )
        for one in found
    ]


def _targets(dialect: sa.Dialect, foreign_keys: Iterable[Any]) -> dict[str, str]:
    return {
        plain(dialect, name): f"{spelled(one['referred_schema'], one['referred_table'])}.{target}"
        for one in foreign_keys
        for name, target in zip(one["constrained_columns"], one["referred_columns"], strict=False)
    }


def _unique(connection: sa.Connection, place: Place) -> set[str]:
    """Name the columns that no two rows share, each alone."""
    schema, name = place
    indexes = [
        one["column_names"]
        for one in reflected_indexes(connection, schema, [name])[place]
        if one["unique"]
        and not any(option.endswith("_where") for option in one.get("dialect_options", ()))
    ]
    constraints = reflected_unique(connection, schema, [name])[place]
    listed = [*indexes, *(one["column_names"] for one in constraints)]
    return {str(names[0]) for names in listed if len(names) == 1 and names[0]}


def _keys(
    name: str, primary: Iterable[str], targets: Mapping[str, str], alone: set[str]
) -> tuple[str, ...]:
    held = {"PK": name in primary, "FK": name in targets, "UK": name in alone}
    return tuple(key for key, holds in held.items() if holds and (key != "UK" or not held["PK"]))

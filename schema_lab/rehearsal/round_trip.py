"""A round trip after a rehearsed migration: back, and forth again.

It shows what the opposite direction does not restore, and which differences in the schema the
round trip leaves. A schema is described by name: each column, index, constraint and type.
"""

import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from schema_lab.errors import HistoryError
from schema_lab.history import as_lab_errors
from schema_lab.rehearsal.migration_plan import MigrationPlan
from schema_lab.rehearsal.outcome import Failure, LostValues, RoundTrip, changes_of, losses_of
from schema_lab.rehearsal.rehearsal_copy import RehearsalCopy
from schema_lab.rehearsal.row_differences import Lineage, RowDifference, pairs_of
from schema_lab.rehearsal.watched_run import (
    RowComparison,
    StateBefore,
    Watch,
    WatchedRun,
    compare_rows,
    run_watched,
    version_table,
)
from schema_lab.schema.reflection.listed import table_keys
from schema_lab.schema.words import TableKey

Schema = Mapping[str, str]


def schema_of(copy: RehearsalCopy) -> Schema:
    """Describe each column, index, constraint and enum type by name. Read-only."""
    hidden = version_table(copy)
    with (
        warnings.catch_warnings(),
        as_lab_errors(copy.environment.url),
        copy.environment.engine.connect() as connection,
    ):
        warnings.simplefilter("ignore", sa.exc.SAWarning)
        inspector = sa.inspect(connection)
        return dict(_parts(connection, inspector, hidden))


def traces(before: Schema, after: Schema) -> tuple[str, ...]:
    """Say how two schemas differ, in a phrase for each difference."""
    return tuple(
        _difference(name, before.get(name), after.get(name))
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    )


def _difference(name: str, before: str | None, after: str | None) -> str:
    if before is None:
        return f"{name} still exists"
    return f"{name} is missing" if after is None else f"{name} was {before} and is now {after}"


def _parts(
    connection: sa.Connection, inspector: sa.Inspector, hidden: str
) -> Iterator[tuple[str, str]]:
    for key in table_keys(inspector):
        if key[1] != hidden:
            yield from _of_table(connection, inspector, key)
    for view in inspector.get_view_names():
        yield f"view `{view}`", ""
    if connection.dialect.name == "postgresql":
        for kind in inspector.get_enums():  # type: ignore[attr-defined]
            yield f"type `{kind['name']}`", ", ".join(kind["labels"])
        for sequence in inspector.get_sequence_names():
            yield f"sequence `{sequence}`", ""


def _of_table(
    connection: sa.Connection, inspector: sa.Inspector, key: TableKey
) -> Iterator[tuple[str, str]]:
    schema, name = key
    shown = f"{schema}.{name}" if schema else name
    yield f"table `{shown}`", ""
    for column in inspector.get_columns(name, schema):
        kind = column["type"]
        spelled = "" if isinstance(kind, sa.types.NullType) else kind.compile(connection.dialect)
        null = "NULL" if column["nullable"] else "NOT NULL"
        default = f" DEFAULT {column['default']}" if column["default"] is not None else ""
        yield f"column `{shown}.{column['name']}`", f"{spelled} {null}{default}".strip()
    primary = inspector.get_pk_constraint(name, schema)["constrained_columns"]
    if primary:
        yield f"primary key of `{shown}`", ", ".join(primary)
    yield from _named("index", shown, inspector.get_indexes(name, schema))
    yield from _named("unique constraint", shown, inspector.get_unique_constraints(name, schema))
    yield from _named("check", shown, inspector.get_check_constraints(name, schema))
    yield from _named("foreign key", shown, inspector.get_foreign_keys(name, schema))


def _named(kind: str, table: str, found: Any) -> Iterator[tuple[str, str]]:
    for item in found:
        told = {key: value for key, value in item.items() if key != "name"}
        name = f"`{item['name']}`" if item["name"] else "without a name"
        yield f"{kind} {name} on `{table}`", _spelled(told)


def _spelled(value: Any) -> str:
    """Spell what an inspector says of an index or a constraint; SQL by its text, nothing as ""."""
    if isinstance(value, dict):
        pairs = ((key, _spelled(value[key])) for key in sorted(value))
        return ", ".join(f"{key} = {text}" for key, text in pairs if text)
    if isinstance(value, list | tuple):
        return f"({', '.join(map(_spelled, value))})" if value else ""
    return "" if value is None or value is False else str(value)


@dataclass(frozen=True)
class Beginning:
    """The rows and the schema before the rehearsed migration."""

    before: StateBefore
    schema: Schema

    @classmethod
    def of(cls, copy: RehearsalCopy) -> "Beginning":
        """Read the schema, and keep the rows."""
        return cls(StateBefore.of(copy), schema_of(copy))


def round_trip(
    copy: RehearsalCopy,
    plan: MigrationPlan,
    watch: Watch,
    beginning: Beginning,
    first: WatchedRun,
    rows: RowComparison,
) -> RoundTrip | None:
    """Run the opposite direction, then the migration again, on a migrated copy. Changes the copy.

    Returns
    -------
    RoundTrip or None
        None if nothing ran, or if there is more than one head to return to.
    """
    run = first.run
    back = plan.reversed(run) if run and run.revisions else None
    again = plan.repeated(run) if run else None
    if run is None or back is None or again is None:
        return None
    migrated = schema_of(copy)
    try:
        second = run_watched(copy, back, watch)
    except HistoryError as error:  # a script without the opposite direction
        return RoundTrip(back.target, Failure(error.fact, error.cure, "", ""))
    if second.failure is not None:
        return RoundTrip(back.target, second.failure)
    after = compare_rows(copy, beginning.before, [*first.sql, *second.sql], show=False)
    trip = RoundTrip(
        back.target,
        traces=traces(beginning.schema, schema_of(copy)),
        drops=_drops(copy, rows, after, second),
        losses=(*losses_of(after.differences), *_overwritten(after.differences)),
    )
    third = run_watched(copy, again, watch)
    left = traces(migrated, schema_of(copy)) if third.failure is None else ()
    return replace(trip, failure=third.failure, traces=tuple(dict.fromkeys(trip.traces + left)))


def _drops(
    copy: RehearsalCopy, up: RowComparison, down: RowComparison, second: WatchedRun
) -> tuple[LostValues, ...]:
    """Count what the opposite direction drops: tables and columns that existed before it."""
    lineage = Lineage.of(copy.environment.url.get_backend_name(), second.sql)
    return losses_of(RowDifference(pair, None) for pair in pairs_of(up.state, down.state, lineage))


def _overwritten(differences: Iterable[RowDifference]) -> tuple[LostValues, ...]:
    return tuple(
        LostValues(change.table, change.column, change.count, "changed")
        for change in changes_of(differences)
    )

"""What the lab says of values whose type changes, held against what the database does to them."""

import os
from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from schema_lab.candidate.questions import cast
from schema_lab.candidate.questions.live_database import LiveDatabase
from schema_lab.candidate.rewrite.casts import CastColumnOp
from schema_lab.database.connections.engines import engine_for
from schema_lab.rehearsal.blocking_rows import blocking_rows
from schema_lab.rehearsal.gate import UNCOUNTED
from schema_lab.review.change import Change
from schema_lab.review.live_facts import LiveFacts
from schema_lab.review.rules import RULES
from schema_lab.rows import LiveTables, blocking
from schema_lab.rows.using import using_of
from schema_lab.rows.violations import some
from schema_lab.schema.words import type_text
from tests.rows.casting import OWN, PAIRS, is_plainly_right, outcome, values_of

EXAMPLES = int(os.environ.get("SCHEMA_LAB_TEST_ROWS_EXAMPLES", "25"))
TABLE = ("rows_many", None)
Rows = dict[int, Any]


@pytest.fixture
def connection(database_url: str) -> Iterator[sa.Connection]:
    """Connect to an empty database; PostgreSQL gets the enum that some pairs need."""
    engine = engine_for(sa.make_url(database_url))
    with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("CREATE TYPE rows_kinds AS ENUM ('a', 'B')")
            connection.commit()
        yield connection
    engine.dispose()


def draws(dialect: str) -> st.SearchStrategy[tuple[Any, Any, list[Any]]]:
    """Draw two types, and values of the first."""
    return st.sampled_from([*PAIRS, *OWN[dialect]]).flatmap(
        lambda pair: st.tuples(
            *(st.just(pair[0]), st.just(pair[1])),
            st.lists(values_of(pair[0], dialect), min_size=1, max_size=8),
        )
    )


@given(data=st.data())
@settings(
    max_examples=EXAMPLES,
    derandomize="SCHEMA_LAB_TEST_ROWS_EXAMPLES" not in os.environ,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_all_say_what_the_database_does(
    connection: sa.Connection, dialect: str, data: st.DataObject
) -> None:
    """Question, obstacle, review, gate and rehearsal agree, and miss no value."""
    before, after, values = data.draw(draws(dialect))
    rows = filled(connection, before, values)
    done = {key: outcome(connection, before, after, value) for key, value in rows.items()}
    note(f"{before!r} to {after!r}: {rows}; {done}")
    operation = changed(before, after)
    refused, silent = violating(connection, operation)
    assert {key for key, cast_done in done.items() if cast_done.refused} <= refused
    assert {key for key, cast_done in done.items() if cast_done.changed} <= refused | silent
    wrongly = {
        key
        for key in refused | silent
        if not (done[key].refused or done[key].changed)
        and is_plainly_right(rows[key], before, after)
    }
    assert wrongly == set()
    assert asked(connection, operation) is bool(refused | silent)
    found = blocking([operation], connection)
    assert bool(found) is bool(refused)
    if all(violations.total for violations in found):  # else PostgreSQL says the first reason only
        assert sum(violations.total for violations in found) == len(refused)
    codes = reviewed(connection, operation)
    assert bool(codes) is bool(refused | silent)
    assert codes <= set(UNCOUNTED)
    if dialect != "sqlite":
        stopped = rehearsed(connection, before, after)
        assert stopped is None or stopped <= refused
        assert (stopped is not None) is any(cast_done.refused for cast_done in done.values())


def filled(connection: sa.Connection, before: Any, values: list[Any]) -> Rows:
    """Make a table with a row for each value."""
    connection.rollback()
    connection.exec_driver_sql(f"DROP TABLE IF EXISTS {TABLE[0]}")
    goal = type_text(before, connection.dialect)
    connection.exec_driver_sql(
        f"CREATE TABLE {TABLE[0]} (id INTEGER PRIMARY KEY, v {goal} NULL)"
        + (" ENGINE=MyISAM" if connection.dialect.name == "mysql" else "")
    )
    table = sa.table(TABLE[0], sa.column("id"), sa.column("v", before))
    rows = dict(enumerate(values, start=1))
    for key, value in rows.items():
        connection.execute(table.insert().values(id=key, v=value))
    connection.execute(table.insert().values(id=0, v=None))
    connection.commit()
    return rows


def changed(before: Any, after: Any) -> CastColumnOp:
    """Give the operation that a candidate has."""
    return CastColumnOp.of(
        ops.AlterColumnOp(TABLE[0], "v", existing_type=before, modify_type=after)
    )


def violating(connection: sa.Connection, operation: ops.AlterColumnOp) -> tuple[set[int], set[int]]:
    """Give the keys of the rows that are refused, and of those that change silently."""
    rows = LiveTables(connection)
    refused: set[int] = set()
    silent: set[int] = set()
    for table, demand in rows.demands_of(operation):
        found = refused if demand.refused else silent
        if demand.violated is not None:
            found |= {row[0] for row in some(rows, table, demand, ["id"], 100)}
        else:
            found |= tried(connection, operation)
    return refused, silent


def tried(connection: sa.Connection, operation: ops.AlterColumnOp) -> set[int]:
    """Cast each value by itself, where the lab has no condition and lets PostgreSQL try all."""
    using = using_of("v", operation.existing_type, operation.modify_type)
    found = set()
    for key in connection.scalars(sa.text(f"SELECT id FROM {TABLE[0]}")).all():
        try:
            with connection.begin_nested():
                connection.exec_driver_sql(f"SELECT {using} FROM {TABLE[0]} WHERE id = {key}")
        except sa.exc.DBAPIError:
            found.add(key)
    return found


def asked(connection: sa.Connection, operation: ops.AlterColumnOp) -> bool:
    """Say whether the candidate asks what should happen to values."""
    metadata = sa.MetaData()
    context = MigrationContext.configure(connection, opts={"target_metadata": metadata})
    upgrade = ops.UpgradeOps([ops.ModifyTableOps(TABLE[0], [operation])])
    return any(question.must for question in cast.ask(upgrade, LiveDatabase(context)))


def reviewed(connection: sa.Connection, operation: ops.AlterColumnOp) -> set[str]:
    """Give the codes of what the review finds in the values."""
    steps: list[ops.MigrateOperation] = [operation]
    if connection.dialect.name == "sqlite":  # as a candidate, which restores dates and times
        steps.append(ops.ExecuteSQLOp(f"UPDATE {TABLE[0]} SET v = v_before"))
    change = Change.of(steps, dialect=connection.dialect.name, live=LiveFacts(connection))
    rules = [rule for rule in RULES if rule.CODE in ("SL103", "SL105", "SL206")]
    return {finding.code for rule in rules for finding in rule.find(change)}


def rehearsed(connection: sa.Connection, before: Any, after: Any) -> set[int] | None:
    """Change the table itself; give the keys of the blocking rows, None where nothing fails."""
    goal = type_text(after, connection.dialect)
    sql = f"ALTER TABLE {TABLE[0]} MODIFY v {goal} NULL"
    if connection.dialect.name == "postgresql":
        using = using_of("v", before, after)
        sql = f"ALTER TABLE {TABLE[0]} ALTER COLUMN v TYPE {goal}"
        sql += f" USING {using}" if using else ""
    connection.rollback()
    try:
        with (
            connection.begin_nested() if connection.dialect.name == "postgresql" else nullcontext()
        ):
            connection.exec_driver_sql(sql)
    except sa.exc.DBAPIError:
        found = blocking_rows(connection, sql)
        assert found.count, "no blocking rows are found"
        return {int(row["id"] or 0) for row in found.rows}
    return None

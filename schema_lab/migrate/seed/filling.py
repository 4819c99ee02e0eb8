"""Insert rows of one table; the database alone says which of them it takes."""

from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from faker import Faker

from schema_lab.migrate.seed.accepting import inserted, refusal, why
from schema_lab.migrate.seed.keys import NoMore, Row, spelled
from schema_lab.migrate.seed.order import Turn
from schema_lab.migrate.seed.plan import Link, Names, Plan
from schema_lab.migrate.seed.rows import Rows

ATTEMPTS = 60
"""How often another row is tried in the place of one that the database refuses."""

Key = tuple[Any, ...]

_WILD_AFTER = 10
_MOST_KNOWN = 100_000


@dataclass(frozen=True)
class Filled:
    """How many rows a table got, and why no more."""

    rows: int
    why: str = ""


def fill(connection: sa.Connection, turn: Turn, rows: int, fake: Faker) -> Filled:
    """Insert rows into one table, in the open transaction; changes the database.

    Parameters
    ----------
    connection
        The connection that seeds.
    turn
        The table, and which of its foreign keys stay NULL for now.
    rows
        How many.
    fake
        The source of all randomness.

    Raises
    ------
    DatabaseError
        When the database takes no row at all.
    """
    plan = turn.plan
    own = [link for link in plan.links if link.parent == plan.name]
    if not own:
        return _insert(connection, _rows(connection, turn, fake), rows)
    roots = _roots(connection, turn, fake, own, max(1, rows // 4))
    if roots.why or roots.rows >= rows:
        return roots
    rest = _insert(connection, _rows(connection, turn, fake), rows - roots.rows, some=True)
    return Filled(roots.rows + rest.rows, rest.why)


def _roots(
    connection: sa.Connection, turn: Turn, fake: Faker, own: list[Link], rows: int
) -> Filled:
    """Insert rows that point to none of their own table; where one is required, to themselves."""
    parents = _parents(connection, turn.plan)
    none = frozenset(link for link in own if not parents[link])
    source = _rows(connection, replace(turn, later=turn.later | none), fake)
    required = [link for link in none if not link.nullable]
    if not required:
        return _insert(connection, source, rows)
    row = source.make()
    for link in required:
        for name, referred in zip(link.columns, link.referred, strict=True):
            if referred not in row:
                row[referred] = _next_number(connection, turn.plan, referred)
            row[name] = row[referred]
    refused = inserted(connection, turn.plan, row)
    if refused is not None:
        raise refusal(turn.plan, refused, 1)
    return Filled(1)


def _next_number(connection: sa.Connection, plan: Plan, column: str) -> int:
    """Take the number that the database would give to the next row."""
    if connection.dialect.name == "postgresql":
        quoted = connection.dialect.identifier_preparer.format_table(plan.table)
        sequence = sa.func.pg_get_serial_sequence(quoted, column)
        number = connection.scalar(sa.select(sa.func.nextval(sequence))) or 0
    else:
        number = (connection.scalar(sa.select(sa.func.max(plan.table.c[column]))) or 0) + 1
    return int(number)


def _rows(connection: sa.Connection, turn: Turn, fake: Faker) -> Rows:
    made = sorted(key for key in turn.plan.keys if not set(key) & turn.plan.left)
    used = {key: {spelled(one) for one in known(connection, turn.plan.table, key)} for key in made}
    return Rows(turn.plan, fake, _parents(connection, turn.plan), used, turn.later)


def _parents(connection: sa.Connection, plan: Plan) -> dict[Link, list[Key]]:
    return {link: known(connection, plan.parent(link), link.referred) for link in plan.links}


def known(connection: sa.Connection, table: sa.Table, columns: Names) -> list[Key]:
    """List what a table holds in some columns, without NULL. Read-only."""
    chosen = [table.c[column] for column in columns]
    query = sa.select(*chosen).where(*(column.is_not(None) for column in chosen))
    return [tuple(row) for row in connection.execute(query.order_by(*chosen).limit(_MOST_KNOWN))]


def _insert(connection: sa.Connection, source: Rows, rows: int, some: bool = False) -> Filled:
    made, why = _supply(source, rows)
    if not made:
        return Filled(0, why)
    if inserted(connection, source.plan, made) is None:
        return Filled(len(made), why)
    return _one_by_one(connection, source, made, some)


def _supply(source: Rows, rows: int) -> tuple[list[Row], str]:
    made: list[Row] = []
    try:
        made.extend(source.make() for _ in range(rows))
    except NoMore as end:
        return made, f"there is no further {end}"
    return made, ""


def _one_by_one(connection: sa.Connection, source: Rows, rows: list[Row], some: bool) -> Filled:
    """Insert each row, and where it is refused another in its place."""
    done = 0
    for row in rows:
        refused = _accepted(connection, source, row)
        if refused is not None and not done and not some:
            raise refusal(source.plan, refused, ATTEMPTS)
        if refused is not None:
            return Filled(done, f"no further row was accepted: {why(refused, source.plan)}")
        done += 1
    return Filled(done)


def _accepted(connection: sa.Connection, source: Rows, row: Row) -> Exception | None:
    """Insert a row or another in its place; gives the last refusal when none is taken."""
    refused: Exception | None = None
    for attempt in range(ATTEMPTS):
        refused = inserted(connection, source.plan, row)
        if refused is None:
            return None
        source.keys.release(row)
        try:
            row = source.make(wild=attempt >= _WILD_AFTER)
        except NoMore:
            return refused
    return refused

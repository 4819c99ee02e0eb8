"""Filling one table: rows are inserted, and the database alone decides which it accepts.

A refused row is replaced by another; if none is accepted, the error names the CHECK. Foreign keys
in a cycle stay NULL at first and get their parents at the end.
"""

import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from faker import Faker
from sqlalchemy.exc import DBAPIError, StatementError

from schema_lab.errors import DatabaseError
from schema_lab.history import driver_message
from schema_lab.seed.plan import Link, Names, Plan, Turn
from schema_lab.seed.rows import NULLS, NoMore, Row, Rows, spelled
from schema_lab.views import plain

_MOST_PARAMETERS = 2000


def inserted(connection: sa.Connection, plan: Plan, rows: Row | list[Row]) -> Exception | None:
    """Insert a row, or all rows at once; give the error when the database refuses them."""
    return tried(connection, lambda: _execute(connection, plan.table, rows))


def tried(connection: sa.Connection, work: Callable[[], Any]) -> Exception | None:
    """Do something that the database may refuse, and roll it back if it does."""
    try:
        with _trying(connection):
            work()
    except (DBAPIError, StatementError) as error:
        _refuse_lost(error)
        return error
    return None


def _execute(connection: sa.Connection, table: sa.Table, rows: Row | list[Row]) -> None:
    """Insert; psycopg's executemany is a pipeline that logs when it fails, so it is not used."""
    if isinstance(rows, dict) or connection.dialect.name != "postgresql":
        connection.execute(sa.insert(table), rows)
        return
    at_once = max(1, _MOST_PARAMETERS // max(1, len(rows[0])))
    for first in range(0, len(rows), at_once):
        connection.execute(sa.insert(table).values(rows[first : first + at_once]))


@contextmanager
def _trying(connection: sa.Connection) -> Iterator[None]:
    """Roll back only what fails inside; warnings about SQLite's decimals are ignored."""
    with warnings.catch_warnings(), connection.begin_nested():
        warnings.simplefilter("ignore", sa.exc.SAWarning)
        yield


def _refuse_lost(error: Exception) -> None:
    """Raise the error again if the connection is lost."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        raise error


def refusal(plan: Plan, refused: Exception, attempts: int) -> DatabaseError:
    """Give the error that names the condition that no row met."""
    return DatabaseError(
        f"No row for {plan.name} was accepted in {plain.count(attempts, 'attempt')}: "
        f"{why(refused, plan)}.",
        "Insert its rows by hand, or leave the table out: lab.seed(tables=[…]).",
    )


def why(refused: Exception, plan: Plan) -> str:
    """Name the CHECK that was violated, with its condition; else give what the driver says."""
    said = driver_message(refused) if isinstance(refused, DBAPIError) else str(refused)
    said = said.splitlines()[0] if said else type(refused).__name__
    named = _named(plan.checks, said)
    if not named:
        return said.rstrip(".")
    condition = plan.checks[named]
    return f"CHECK {named}" if named == condition else f"CHECK {named} ({condition})"


def _named(checks: Iterable[str], said: str) -> str:
    return max((name for name in checks if name in said), key=len, default="")


ATTEMPTS = 60
"""How often a row that the database refuses is replaced by another."""

Key = tuple[Any, ...]

_WILD_AFTER = 10
_MOST_KNOWN = 100_000


@dataclass(frozen=True)
class Filled:
    """How many rows a table got, and why not more."""

    rows: int
    why: str = ""


def fill(connection: sa.Connection, turn: Turn, rows: int, fake: Faker) -> Filled:
    """Insert rows into one table, in the open transaction; changes the database.

    Parameters
    ----------
    connection
        The connection that seeds.
    turn
        The table, and its foreign keys that stay NULL for now.
    rows
        How many.
    fake
        The source of all randomness.

    Raises
    ------
    DatabaseError
        When the database accepts no row at all.
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
    """Insert rows without a parent in their own table; a required parent is the row itself."""
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
    used = {
        key: {spelled(values) for values in known(connection, turn.plan.table, key)} for key in made
    }
    return Rows(turn.plan, fake, _parents(connection, turn.plan), used, turn.later)


def _parents(connection: sa.Connection, plan: Plan) -> dict[Link, list[Key]]:
    return {link: known(connection, plan.parent(link), link.referred) for link in plan.links}


def known(connection: sa.Connection, table: sa.Table, columns: Names) -> list[Key]:
    """List the values of some columns of a table, without NULL. Read-only."""
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
        return made, f"there are no more {end}"
    return made, ""


def _one_by_one(connection: sa.Connection, source: Rows, rows: list[Row], some: bool) -> Filled:
    """Insert each row; a row that is refused is replaced by another."""
    done = 0
    for row in rows:
        refused = _accepted(connection, source, row)
        if refused is not None and not done and not some:
            raise refusal(source.plan, refused, ATTEMPTS)
        if refused is not None:
            return Filled(done, f"no other row was accepted: {why(refused, source.plan)}")
        done += 1
    return Filled(done)


def _accepted(connection: sa.Connection, source: Rows, row: Row) -> Exception | None:
    """Insert a row or a replacement; give the last error when none is accepted."""
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


def point_later(connection: sa.Connection, turn: Turn, before: set[Key], fake: Faker) -> None:
    """Set the foreign keys of new rows that were left NULL; changes the database.

    Parameters
    ----------
    connection
        The connection that seeds.
    turn
        The table, with the foreign keys to set.
    before
        The primary keys of the rows that existed before; those stay unchanged.
    fake
        The source of all randomness.
    """
    plan = turn.plan
    if not plan.primary:
        return
    mine = [key for key in known(connection, plan.table, plan.primary) if key not in before]
    for link in sorted(turn.later, key=lambda link: link.columns):
        parents = known(connection, plan.parent(link), link.referred)
        fake.random.shuffle(parents)
        for place, own in enumerate(mine if parents else []):
            if fake.random.random() >= NULLS:
                _point(connection, plan, link, own, parents[place % len(parents)])


def _point(connection: sa.Connection, plan: Plan, link: Link, own: Key, to: Key) -> None:
    columns = plan.table.c
    mine = [columns[name] == value for name, value in zip(plan.primary, own, strict=True)]
    values = dict(zip(link.columns, to, strict=True))
    update = sa.update(plan.table).where(*mine).values(values)
    tried(connection, lambda: connection.execute(update))  # where it is refused, it stays NULL

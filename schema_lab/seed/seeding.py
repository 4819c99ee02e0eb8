"""Seeding: live tables are filled with sample rows, in one transaction.

The result is a `Seeded`: how many rows each table got.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa
from faker import Faker

from schema_lab.database import JOURNAL_TABLE, masked
from schema_lab.errors import DatabaseError, InputError
from schema_lab.history import Environment, as_lab_errors, look
from schema_lab.migrate.safeguards import ready
from schema_lab.seed.filling import Filled, fill, known, point_later
from schema_lab.seed.models import KnownModels
from schema_lab.seed.plan import Plan, Turn, plans, turns
from schema_lab.views import snapshot as view
from schema_lab.views.frame import frame_of

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Seeded:
    """The tables that got sample rows, parents first, each with its number of new rows.

    `notes` are sentences on tables that got fewer rows than requested, and why.
    """

    tables: tuple[tuple[str, int], ...]
    notes: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        """The number of new rows in all tables."""
        return sum(rows for _, rows in self.tables)

    @property
    def frame(self) -> pd.DataFrame:
        """The tables as a table.

        Returns
        -------
        DataFrame
            Columns table (str) and rows (int), parents first.
        """
        return frame_of(self.tables, ["table", "rows"])

    def __repr__(self) -> str:
        return view.seeded_text(self)

    def _repr_html_(self) -> str:
        return view.seeded_html(self)


def seed(
    environment: Environment,
    rows: int = 100,
    seed: int = 0,
    tables: Iterable[str] | None = None,
    *,
    anywhere: bool = False,
    lenient: bool = False,
    models: KnownModels | None = None,
) -> Seeded:
    """Add sample rows to the live tables, in one transaction; changes the database.

    The same seed gives the same rows on the same schema with the same contents. Existing rows
    stay. Server defaults and generated columns are left to the database.

    Parameters
    ----------
    environment
        The project and its database.
    rows
        How many for each table; a table whose keys are used up gets fewer, with a note.
    seed
        Any whole number.
    tables
        Names of the tables to fill; by default all.
    anywhere
        Also fill a database that is neither a scratch database nor the project's embedded file.
    lenient
        Only note a table that cannot be filled.
    models
        What the models ask of values, such as the members of an enum.

    Raises
    ------
    InputError
        When there is no such table, or the number of rows is negative.
    DatabaseError
        When the database may hold real rows, a required parent has no row, or the database
        accepts no row for a table, for instance because of a CHECK, which is named.
    """
    if rows < 0:
        raise InputError(f"{rows} is not a number of rows.", "Use 0 or more.")
    if not anywhere:
        refuse_real_rows(environment)
    hidden = frozenset({look(environment, lambda context: context.version_table), JOURNAL_TABLE})
    with (
        as_lab_errors(environment.url),
        environment.engine.connect() as connection,
        ready(connection, environment.wait),
        connection.begin(),
    ):
        live = plans(connection, hidden, models)
        return _seeded(connection, _chosen(live, tables), WantedRows(rows, seed, lenient))


def refuse_real_rows(environment: Environment) -> None:
    """Refuse a database in which sample rows could mix with real rows. Read-only.

    Raises
    ------
    DatabaseError
        When it is neither a scratch database nor the project's embedded file.
    """
    if environment.throwaway or environment.url == environment.project.embedded_url:
        return
    raise DatabaseError(
        f"`{masked(environment.url)}` is not a scratch database: "
        "the sample rows would stay among its real rows.",
        "Use Lab.scratch(), or lab.seed(…, anywhere=True) if you mean this database.",
    )


def _chosen(live: Mapping[str, Plan], tables: Iterable[str] | None) -> dict[str, Plan]:
    if tables is None:
        return dict(live)
    named = [tables] if isinstance(tables, str) else list(tables)
    unknown = [name for name in named if name not in live]
    if unknown:
        raise InputError(f"There is no table {unknown[0]!r}.", "See lab.tables() for all.")
    return {name: plan for name, plan in live.items() if name in named}


@dataclass(frozen=True)
class WantedRows:
    """How many rows, from which seed, and whether a table that gets none is only noted."""

    rows: int
    seed: int
    lenient: bool

    def fake(self, plan: Plan, about: object) -> Faker:
        """Give each table its own randomness, so that another table does not change its rows."""
        fake = Faker("en_US")
        fake.seed_instance(f"{self.seed}:{plan.name}:{about}")
        return fake


def _seeded(connection: sa.Connection, chosen: Mapping[str, Plan], wanted: WantedRows) -> Seeded:
    there = [name for name, plan in chosen.items() if _rows(connection, plan)]
    order, stuck = turns(chosen, there)
    if stuck and not wanted.lenient:
        raise DatabaseError(_in_a_cycle(stuck), _CYCLE_CURE)
    before = {
        turn.plan.name: set(known(connection, turn.plan.table, turn.plan.primary))
        for turn in order
        if turn.later and turn.plan.primary
    }
    done = [
        (turn.plan.name, _filled(connection, turn, chosen, wanted))
        for turn in (order if wanted.rows else ())
    ]
    for turn in order:
        if turn.plan.name in before:
            fake = wanted.fake(turn.plan, "later")
            point_later(connection, turn, before[turn.plan.name], fake)
    notes = [
        f"{name} got {filled.rows} of {wanted.rows} rows: {filled.why}."
        for name, filled in done
        if filled.why
    ]
    notes += [_in_a_cycle(stuck)] if stuck else []
    return Seeded(tuple((name, filled.rows) for name, filled in done), tuple(notes))


_CYCLE_CURE = (
    "Make a foreign key between them nullable, insert a first row by hand, or leave them out: "
    "lab.seed(tables=[…])."
)


def _in_a_cycle(tables: Iterable[str]) -> str:
    return f"{', '.join(tables)} each need a row of another first, so none of them can be filled."


def _filled(
    connection: sa.Connection, turn: Turn, chosen: Iterable[str], wanted: WantedRows
) -> Filled:
    fake = wanted.fake(turn.plan, _rows(connection, turn.plan))
    try:
        with connection.begin_nested():
            _refuse_orphans(connection, turn, chosen)
            return fill(connection, turn, wanted.rows, fake)
    except DatabaseError as error:
        if not wanted.lenient:
            raise
        return Filled(0, error.fact.rstrip("."))


def _rows(connection: sa.Connection, plan: Plan) -> int:
    return connection.scalar(sa.select(sa.func.count()).select_from(plan.table)) or 0


def _refuse_orphans(connection: sa.Connection, turn: Turn, chosen: Iterable[str]) -> None:
    """Refuse a table whose required parent has no row and is not to be filled."""
    for link in turn.plan.links:
        if link.nullable or link.parent in chosen:
            continue
        if not known(connection, turn.plan.parent(link), link.referred):
            raise DatabaseError(
                f"{turn.plan.name} needs rows of {link.parent}, which is empty.",
                f"Name that table too: lab.seed(tables=[{link.parent!r}, {turn.plan.name!r}]).",
            )

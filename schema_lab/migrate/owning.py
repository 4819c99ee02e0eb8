"""Whose a table is, where its history does not tell: kept in the project's alembic.ini."""

from collections.abc import Iterable, Sequence

from schema_lab.compare import Drift
from schema_lab.history import Environment, as_entry, entries_in
from schema_lab.history.entries import LEAVE, OWN
from schema_lab.migrate.entries import write_entries
from schema_lab.migrate.ignoring import refuse_unknown


def leave(environment: Environment, drift: Drift, what: Sequence[str]) -> None:
    """Let no migration drop these tables; changes the project's alembic.ini.

    Parameters
    ----------
    environment
        The project and its database.
    drift
        The last comparison.
    what
        Live tables that no model declares, such as "wp_posts" or "shop.articles".

    Raises
    ------
    InputError
        When a name is no such table.
    HistoryError
        When the file cannot be written.
    """
    _decide(environment, drift, what, to=LEAVE, out_of=OWN)


def own(environment: Environment, drift: Drift, what: Sequence[str]) -> None:
    """Let a migration drop these tables as the project's own; changes its alembic.ini.

    The parameters and errors are those of `leave`.
    """
    _decide(environment, drift, what, to=OWN, out_of=LEAVE)


def _decide(
    environment: Environment, drift: Drift, what: Sequence[str], *, to: str, out_of: str
) -> None:
    ini = environment.project.ini
    names = [as_entry(name) for name in what]
    kept = {key: entries_in(ini, key) for key in (to, out_of)}
    known = [as_entry(name) for name in (*_undeclared(drift), *kept[to], *kept[out_of])]
    refuse_unknown(names, known, "is not a live table without a model", "")
    rest = [name for name in kept[out_of] if name not in names]
    if rest != list(kept[out_of]):
        write_entries(ini, out_of, rest)
    write_entries(ini, to, dict.fromkeys([*kept[to], *names]))


def _undeclared(drift: Drift) -> Iterable[str]:
    yield from drift.others
    yield from (str(it.table) for it in drift.operations if it.kind == "drop_table")

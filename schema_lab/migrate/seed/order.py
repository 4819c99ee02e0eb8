"""In which order tables are filled: parents first, and what a circle leaves for later."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from schema_lab.migrate.seed.plan import Link, Plan


@dataclass(frozen=True)
class Turn:
    """A table whose turn it is, and the foreign keys that wait until all tables have rows."""

    plan: Plan
    later: frozenset[Link] = frozenset()


def turns(plans: Mapping[str, Plan], filled: Iterable[str]) -> tuple[list[Turn], list[str]]:
    """Order tables such that parents come before their children.

    Parameters
    ----------
    plans
        The tables to fill.
    filled
        Tables that have rows already.

    Returns
    -------
    tuple of (list of Turn, list of str)
        The turns; and the tables that wait for each other such that none may be first.
    """
    ordered: list[Turn] = []
    rest, there = dict(plans), set(filled)
    while rest and (turn := _next(rest, there)) is not None:
        ordered.append(turn)
        del rest[turn.plan.name]
    return ordered, list(rest)


def _next(rest: Mapping[str, Plan], there: set[str]) -> Turn | None:
    for plan in rest.values():
        if not _waiting(plan, rest):
            return Turn(plan)
    for plan in rest.values():
        waiting = _waiting(plan, rest)
        if all(link.nullable for link in waiting):
            return Turn(plan, frozenset(waiting))
    for plan in rest.values():
        waiting = [link for link in _waiting(plan, rest) if link.parent not in there]
        if all(link.nullable for link in waiting):
            return Turn(plan, frozenset(waiting))
    return None


def _waiting(plan: Plan, rest: Mapping[str, Plan]) -> list[Link]:
    return [link for link in plan.links if link.parent in rest and link.parent != plan.name]

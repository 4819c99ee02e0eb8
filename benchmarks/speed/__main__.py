"""Measure all of it, write docs/performance.md, and fail where a goal is missed: `make bench`.

`python -m benchmarks.speed sqlite 10 100` takes fewer dialects and sizes, and writes nothing;
`python -m benchmarks.speed --quick` takes seconds, and its figures say little.
"""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import click

from benchmarks.speed import loop, walks
from benchmarks.speed.goals import goals
from benchmarks.speed.plan import DIALECTS, QUICK, Plan
from benchmarks.speed.report import tables, write
from benchmarks.speed.timing import Timed
from schema_lab.database import resolve
from tests.support.servers import fresh_database

Found = dict[tuple[str, ...], Timed]


@contextmanager
def _place(dialect: str) -> Iterator[tuple[Path, str]]:
    with tempfile.TemporaryDirectory() as name, fresh_database(dialect, Path(name)) as address:
        yield Path(name), resolve(address).render_as_string(hide_password=False)


def measured(plan: Plan) -> Found:
    """Measure what a plan names."""
    figures: Found = {}
    for dialect in plan.dialects:
        for shape, sizes in (("chain", plan.sizes), ("hub", plan.hub_sizes)):
            for size in sizes:
                figures |= _loop(plan, dialect, shape, size)
        figures |= _walks(plan, dialect)
    with _place("sqlite") as (folder, url):
        found = walks.listing(folder, url, plan)
        figures |= {("listing", who): one for who, one in found.items()}
    with _place("sqlite") as (folder, url):
        found = walks.progress(folder, url, plan)
        figures |= {("progress", "sqlite", who): one for who, one in found.items()}
        found = walks.imports(folder, plan.imports)
        figures |= {("import", who): one for who, one in found.items()}
    return figures


def _loop(plan: Plan, dialect: str, shape: str, size: int) -> Found:
    """Measure the loop; Django, which asks no server, takes its turns in one of them."""
    beside = plan.django and (dialect, shape) == (plan.dialects[0], "chain")
    with _place(dialect) as (folder, url):
        others = loop.django_works(folder, size) if beside else {}
        bench = loop.Bench.begin(url, shape, size, folder)
        found = loop.measured(bench, plan, others)
    key = ("loop", dialect, shape, str(size))
    theirs: Found = {("django", str(size), who): found.pop(who) for who in others}
    return theirs | {(*key, who): one for who, one in found.items()}


def _walks(plan: Plan, dialect: str) -> Found:
    """Measure what histories cost."""
    with _place(dialect) as (folder, url):
        down = walks.one_down_and_up(folder, url, plan)
    with _place(dialect) as (folder, url):
        up = walks.all_up(folder, url, plan)
    figures: Found = {("down and up", dialect, who): one for who, one in down.items()}
    return figures | {("up", dialect, who): one for who, one in up.items()}


def main(arguments: list[str]) -> int:
    """Run what is asked for; the exit code is 1 where a goal is missed."""
    plan = QUICK if "--quick" in arguments else Plan()
    sizes = tuple(int(one) for one in arguments if one.isdigit()) or plan.sizes
    plan = replace(
        plan,
        dialects=tuple(one for one in DIALECTS if one in arguments) or plan.dialects,
        sizes=sizes,
        hub_sizes=tuple(one for one in plan.hub_sizes if one in sizes),
    )
    figures = measured(plan)
    for line in tables(figures):
        click.echo(line)
    if not arguments:
        write(figures)
    return 0 if all(one.is_met(figures) for one in goals(figures)) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

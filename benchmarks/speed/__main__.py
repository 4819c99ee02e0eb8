"""Measure all of it, write docs/performance.md, and fail where a goal is missed: `make bench`.

`python -m benchmarks.speed sqlite 10 100` takes fewer dialects and sizes, and writes nothing.
"""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer

from benchmarks.speed import loop, walks
from benchmarks.speed.goals import goals
from benchmarks.speed.report import tables, write
from benchmarks.speed.timing import Timed
from schema_lab.database import resolve
from tests.support.servers import fresh_database

DIALECTS = ("sqlite", "postgresql", "mariadb")
SIZES = (10, 100, 1000)
HUB_SIZES = (10, 100)
"""The second shape stays small, so that a whole run takes a quarter of an hour."""

Found = dict[tuple[str, ...], Timed]


@contextmanager
def _place(dialect: str) -> Iterator[tuple[Path, str]]:
    with tempfile.TemporaryDirectory() as name, fresh_database(dialect, Path(name)) as address:
        yield Path(name), resolve(address).render_as_string(hide_password=False)


def loops(dialects: list[str], sizes: list[int]) -> Iterator[Found]:
    """Measure the loop on each dialect, in each shape and size."""
    for dialect in dialects:
        for shape, wanted in (("chain", SIZES), ("hub", HUB_SIZES)):
            for size in [one for one in wanted if one in sizes]:
                with _place(dialect) as (folder, url):
                    found = loop.measured(loop.Bench.begin(url, shape, size, folder))
                names = ("loop", dialect, shape, str(size))
                yield {(*names, who): one for who, one in found.items()}
    for size in sizes:
        with _place("sqlite") as (folder, _):
            found = loop.django_measured(folder, size)
        yield {("django", str(size), who): one for who, one in found.items()}


def histories(dialects: list[str]) -> Iterator[Found]:
    """Measure what histories cost, and the import."""
    for dialect in dialects:
        with _place(dialect) as (folder, url):
            found = walks.one_down_and_up(folder, url)
        yield {("down and up", dialect, who): one for who, one in found.items()}
        with _place(dialect) as (folder, url):
            found = walks.all_up(folder, url)
        yield {("up", dialect, who): one for who, one in found.items()}
    with _place("sqlite") as (folder, url):
        yield {("listing", who): one for who, one in walks.listing(folder, url).items()}
        yield {("import", who): one for who, one in walks.imports(folder).items()}


def main(arguments: list[str]) -> int:
    """Run what is asked for; the exit code is 1 where a goal is missed."""
    dialects = [one for one in DIALECTS if one in arguments] or list(DIALECTS)
    sizes = [int(one) for one in arguments if one.isdigit()] or list(SIZES)
    figures: Found = {}
    for found in (*histories(dialects), *loops(dialects, sizes)):
        figures |= found
    for line in tables(figures):
        typer.echo(line)
    if not arguments:
        write(figures)
    return 0 if all(one.is_met(figures) for one in goals(figures)) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

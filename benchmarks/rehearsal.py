"""Measure a rehearsal of a million rows: `python benchmarks/rehearsal.py [rows] [dialect …]`.

It stands beside the migration alone and the copy alone, on the same database.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import click

from schema_lab.database import engine_for, resolve
from schema_lab.rehearsal.copies import module_of
from tests.rehearsal.people import people
from tests.support.revisions import Walk
from tests.support.servers import fresh_database

ROWS = 1_000_000
DIALECTS = ("sqlite", "postgresql")
NUMBERS = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {0})",
    "postgresql": "WITH n(i) AS (SELECT generate_series(1, {0}))",
}
FILL = """
INSERT INTO people {numbers}
SELECT i, 'first' || i % 1000, 'last' || i % 777,
    CAST(i % 90 AS VARCHAR(20)), 'code' || i % 50, CASE WHEN i % 3 = 0 THEN 'pro' END,
    CASE WHEN i % 2 = 0 THEN '1-2-' || i END, CASE WHEN i % 5 = 0 THEN 'none' ELSE 'nick' || i END
FROM n"""


def seconds(work: Callable[[], object]) -> float:
    """Run something and give the seconds that it took."""
    begun = time.monotonic()
    work()
    return time.monotonic() - begun


def filled(folder: Path, address: str, dialect: str, rows: int) -> Walk:
    """Lay out the project and its rows."""
    url = resolve(address).render_as_string(hide_password=False)
    walk = people(folder / "walk", url, dialect, rows=0)
    with engine_for(resolve(url)).begin() as connection:
        if dialect == "sqlite":
            head, tail = FILL.split("INSERT INTO people {numbers}")[1], NUMBERS[dialect]
            connection.exec_driver_sql(f"{tail.format(rows)} INSERT INTO people {head}")
        else:
            numbers = NUMBERS[dialect].format(rows)
            connection.exec_driver_sql(FILL.format(numbers=numbers).replace("%", "%%"))
    return walk


def copied(walk: Walk) -> None:
    """Copy the database once, and drop the copy."""
    environment = walk.lab()._environment
    with module_of(environment).copy(environment):
        pass


def measured(dialect: str, rows: int) -> tuple[float, float, float]:
    """Give the seconds of the copy, of a rehearsal, and of the migration."""
    with tempfile.TemporaryDirectory() as folder, fresh_database(dialect, Path(folder)) as address:
        walk = filled(Path(folder), address, dialect, rows)
        copy = seconds(lambda: copied(walk))
        rehearsal = seconds(lambda: walk.lab().rehearse())
        return copy, rehearsal, seconds(lambda: walk.lab().upgrade())


def main(rows: int = ROWS, dialects: list[str] | None = None) -> None:
    """Print the figures as a Markdown table."""
    click.echo("| dialect | rows | copy s | migration s | rehearsal s | times both |")
    click.echo("|---|---|---|---|---|---|")
    for dialect in dialects or DIALECTS:
        copy, rehearsal, migration = measured(dialect, rows)
        times = rehearsal / (copy + migration)
        click.echo(
            f"| {dialect} | {rows} | {copy:.1f} | {migration:.1f} | {rehearsal:.1f} | {times:.1f} |"
        )


if __name__ == "__main__":
    given = sys.argv[1:]
    main(int(given[0]) if given else ROWS, given[1:])

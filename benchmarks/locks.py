"""How often eight migrations at once succeed, with the lab's lock and with plain Alembic.

Run it with `python -m benchmarks.locks`: five rounds of eight processes, released at one moment,
upgrade a fresh database by 30 revisions. The last revision adds one to a number.
"""

import shutil
import sys
import tempfile
import time
from argparse import Namespace
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import click
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from schema_lab.database.urls import resolve
from tests.support.processes import through_command, together
from tests.support.revisions import Walk
from tests.support.servers import SERVERS, fresh_database

PROCESSES, ROUNDS, REVISIONS = 8, 5, 30
TABLE = 'op.create_table("t{name}", sa.Column("id", sa.Integer, primary_key=True))'
COUNTER = """
op.create_table("counters", sa.Column("n", sa.Integer))
op.execute("INSERT INTO counters VALUES (0)")
"""


@dataclass(frozen=True)
class Figures:
    """What some rounds gave: processes that ended well, sound databases, n after each, seconds."""

    ended_well: int
    sound: int
    numbers: tuple[object, ...]
    seconds: float


def round_of(dialect: str, folder: Path, *, ours: bool) -> tuple[int, bool, object]:
    """Run one round on a fresh database: processes that ended well, whether it is sound, n."""
    with fresh_database(dialect, folder) as address:
        url = resolve(address).render_as_string(hide_password=False)
        root = folder / "walk"
        walk = Walk.begin(root, url)
        if not ours:
            _take_the_default_environment(root, url)
        for number in range(1, REVISIONS + 1):
            name = f"{number:04}"
            body = COUNTER if number == 1 else TABLE.format(name=name)
            walk.revision(name, body)
        walk.revision(f"{REVISIONS:04}", 'op.execute("UPDATE counters SET n = n + 1")')
        outcomes = together(root, url, [through_command] * PROCESSES)
        heads, n = _result(url)
        shutil.rmtree(root)
    well = sum(one.code == 0 for one in outcomes)
    return well, (heads, n) == ([f"{REVISIONS:04}"], 1), n


def _take_the_default_environment(root: Path, url: str) -> None:
    """Lay out the project as `alembic init` does, with nothing but the URL filled in."""
    shutil.rmtree(root / "alembic")
    (root / "alembic.ini").unlink()
    config = Config(root / "alembic.ini", stdout=StringIO(), cmd_opts=Namespace(quiet=True))
    command.init(config, str(root / "alembic"))
    ini = (root / "alembic.ini").read_text(encoding="utf-8")
    filled = ini.replace("driver://user:pass@localhost/dbname", url.replace("%", "%%"))
    (root / "alembic.ini").write_text(filled, encoding="utf-8")


def _result(url: str) -> tuple[list[object], object]:
    """Read where the database stands, and the number; None where there is no such table."""
    with sa.create_engine(url).connect() as connection:
        inspector = sa.inspect(connection)
        heads = (
            connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalars().all()
            if inspector.has_table("alembic_version")
            else []
        )
        there = inspector.has_table("counters")
        n = connection.exec_driver_sql("SELECT SUM(n) FROM counters").scalar() if there else None
        return list(heads), n


def measure(dialect: str, *, ours: bool) -> Figures:
    """Run all rounds on a dialect."""
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        rounds = [round_of(dialect, Path(folder), ours=ours) for _ in range(ROUNDS)]
    well, sound, numbers = zip(*rounds, strict=True)
    return Figures(sum(well), sum(sound), numbers, time.monotonic() - begun)


def main() -> None:
    """Print the figures as a Markdown table."""
    click.echo("| dialect | environment | exit 0 | sound databases | n after each round | s |")
    click.echo("|---|---|---|---|---|---|")
    for dialect in sys.argv[1:] or ["sqlite", *SERVERS]:
        for ours in (False, True):
            got = measure(dialect, ours=ours)
            name = "schema_lab" if ours else "Alembic's default env.py"
            numbers = ", ".join("none" if n is None else str(n) for n in got.numbers)
            click.echo(
                f"| {dialect} | {name} | {got.ended_well}/{PROCESSES * ROUNDS}"
                f" | {got.sound}/{ROUNDS} | {numbers} | {got.seconds:.0f} |"
            )


if __name__ == "__main__":
    main()

"""Histories: re-list them, go up, and go one down and up again; and the import of the package."""

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from benchmarks.speed.goals import COMMAND, LAB, WATCHED
from benchmarks.speed.plan import Plan
from benchmarks.speed.projects import ALEMBIC, alembic_project, run
from benchmarks.speed.timing import Timed, in_turn
from schema_lab import Lab

REVISION = '''\
"""{name}"""

import sqlalchemy as sa
from alembic import op

revision = "{name}"
down_revision = {parent!r}


def upgrade() -> None:
    op.create_table("t{name}", sa.Column("id", sa.Integer, primary_key=True))


def downgrade() -> None:
    op.drop_table("t{name}")
'''
IMPORT = "import time; t = time.perf_counter(); {}; print(time.perf_counter() - t)"
IMPORTS = ("import sqlmodel, alembic.command", "import schema_lab", "from schema_lab import Lab")


def history(root: Path, url: str, revisions: int) -> Path:
    """Lay out a project in Alembic's own form, each revision of which makes a table."""
    alembic_project(root, url, "")
    parent = None
    for number in range(1, revisions + 1):
        name = f"{number:05}"
        text = REVISION.format(name=name, parent=parent)
        (root / "alembic" / "versions" / f"{name}.py").write_text(text, encoding="utf-8")
        parent = name
    return root


def listing(folder: Path, url: str, plan: Plan) -> dict[str, Timed]:
    """List many revisions again."""
    root = history(folder / "long", url, plan.listed)
    lab = Lab(url, config=root)

    def ours() -> None:
        if len(lab.history()) != plan.listed:
            raise RuntimeError("Revisions are missing.")

    time.sleep(plan.settling)
    command = partial(run, root, *ALEMBIC, "history")
    return in_turn({LAB: ours, COMMAND: command}, plan.rounds, plan.warm)


def one_down_and_up(folder: Path, url: str, plan: Plan) -> dict[str, Timed]:
    """Take the newest of some revisions back and apply it again."""
    root = history(folder / "short", url, plan.revisions)
    lab = Lab(url, config=root)
    lab.upgrade()

    def ours() -> None:
        lab.downgrade("-1", accept_loss=True)
        lab.upgrade("+1")

    def commands() -> None:
        run(root, *ALEMBIC, "downgrade", "-1")
        run(root, *ALEMBIC, "upgrade", "+1")

    time.sleep(plan.settling)
    return in_turn({LAB: ours, COMMAND: commands}, plan.rounds, plan.warm)


def all_up(folder: Path, url: str, plan: Plan) -> dict[str, Timed]:
    """Apply all of some revisions to an empty database."""
    root = history(folder / "up", url, plan.revisions)
    lab = Lab(url, config=root)
    works = {
        LAB: _from_base(lab.upgrade, lab),
        COMMAND: _from_base(lambda: run(root, *ALEMBIC, "upgrade", "head"), lab),
    }
    return in_turn(works, plan.rounds, plan.warm)


def progress(folder: Path, url: str, plan: Plan) -> dict[str, Timed]:
    """Apply all of some revisions, with and without looking on, by the process's own time.

    Whoever looks on waits for nobody; wall time would have the disk's moods in it.
    """
    lab = Lab(url, config=history(folder / "watched", url, plan.revisions))

    def watched() -> None:
        lab.upgrade(on_revision=lambda revision, done, total: None)

    works = {LAB: _from_base(lab.upgrade, lab), WATCHED: _from_base(watched, lab)}
    time.sleep(plan.settling)
    return in_turn(works, plan.rounds_of_progress, plan.warm, time.process_time)


def _from_base(work: Callable[[], object], lab: Lab) -> Callable[[], None]:
    def both() -> None:
        work()

    def begin() -> None:
        if lab.current():
            lab.downgrade("base", accept_loss=True)

    both.begin = begin  # type: ignore[attr-defined]  # what `once` calls before the clock runs
    return both


def imports(folder: Path, rounds: int) -> dict[str, Timed]:
    """Import the package, its lab, and what it is built on; each in a fresh interpreter."""
    found: dict[str, list[float]] = {statement: [] for statement in IMPORTS}
    for _ in range(rounds + 1):  # the first writes the bytecode
        for statement, seconds in found.items():
            seconds.append(float(run(folder, "-c", IMPORT.format(statement))))
    return {statement: Timed(tuple(seconds[1:])) for statement, seconds in found.items()}

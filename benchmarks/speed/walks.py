"""Histories: re-list them, go up, and go one down and up again; and the import of the package."""

import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks.speed.projects import ALEMBIC, alembic_project, run
from benchmarks.speed.timing import Timed, in_turn, timed
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
LONG, SHORT = 5000, 100
IMPORT = "import time; t = time.perf_counter(); import {}; print(time.perf_counter() - t)"


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


def listing(folder: Path, url: str) -> dict[str, Timed]:
    """List many revisions again."""
    root = history(folder / "long", url, LONG)
    lab = Lab(url, config=root)
    ours = timed(lambda: _whole(lab), 15, warm=4)
    command = timed(lambda: run(root, *ALEMBIC, "history"), 3, warm=1)
    return {"the lab": ours, "alembic command": command}


def _whole(lab: Lab) -> None:
    if len(lab.history()) != LONG:
        raise RuntimeError("Revisions are missing.")


def one_down_and_up(folder: Path, url: str) -> dict[str, Timed]:
    """Take the newest of some revisions back and apply it again."""
    root = history(folder / "short", url, SHORT)
    lab = Lab(url, config=root)
    lab.upgrade()

    def ours() -> None:
        lab.downgrade("-1", accept_loss=True)
        lab.upgrade("+1")

    def commands() -> None:
        run(root, *ALEMBIC, "downgrade", "-1")
        run(root, *ALEMBIC, "upgrade", "+1")

    return {"the lab": timed(ours, 15, warm=3), "alembic command": timed(commands, 5, warm=1)}


def all_up(folder: Path, url: str) -> dict[str, Timed]:
    """Apply all of some revisions to an empty database; with and without looking on."""
    root = history(folder / "up", url, SHORT)
    lab = Lab(url, config=root)

    def ours(**more: Callable[[str, int, int], None]) -> Callable[[], None]:
        def work() -> None:
            lab.upgrade(**more)

        return _from_base(work, lab)

    command = _from_base(lambda: run(root, *ALEMBIC, "upgrade", "head"), lab)
    plain, watched, theirs = in_turn(
        [ours(), ours(on_revision=lambda revision, done, total: None), command], 5
    )
    return {"the lab": plain, "with progress": watched, "alembic command": theirs}


def _from_base(work: Callable[[], object], lab: Lab) -> Callable[[], None]:
    def both() -> None:
        work()

    def begin() -> None:
        if lab.current():
            lab.downgrade("base", accept_loss=True)

    both.begin = begin  # type: ignore[attr-defined]  # what `once` calls before the clock runs
    return both


def imports(folder: Path) -> dict[str, Timed]:
    """Import the package, and what it is built on; each in a fresh interpreter."""
    found: dict[str, list[float]] = {"schema_lab": [], "sqlmodel, alembic.command": []}
    for _ in range(11):
        for what, values in found.items():
            values.append(float(run(folder, "-c", IMPORT.format(what))))
    return {what: Timed(tuple(values[1:])) for what, values in found.items()}


def python() -> str:
    """Give the interpreter's version."""
    return sys.version.split()[0]

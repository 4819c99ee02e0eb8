"""Random walks on which the remembered comparison must say what the full one says.

The long form: python -m tests.incremental.oracle DIALECT STEPS [SEED]
"""

from __future__ import annotations

import gc
import shutil
import sys
import tempfile
import time
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext

from schema_lab import Lab
from schema_lab.candidate import Asking, env_options
from schema_lab.candidate.comparison import _read
from schema_lab.compare import Memory
from schema_lab.schema import reflected_word_for_word
from tests.incremental.ddl import put_right, run, some_ddl
from tests.incremental.models import CALM, Models
from tests.support.servers import fresh_database

RESTORES = {"sqlite": 0.04, "postgresql": 0.006, "mariadb": 0.006}
PREFIXES = {
    "sqlalchemy_module_prefix": "sa.",
    "alembic_module_prefix": "op.",
    "user_module_prefix": None,
}
Answer = tuple[Any, ...]


@dataclass
class Walk:
    """A lab, its models, and another connection that changes the database."""

    lab: Lab
    random: Random
    dialect: str
    memory: Memory = field(default_factory=Memory)
    checks: int = 0
    looked: int = 0
    sparing: int = 0
    spared: int = 0
    errors: int = 0
    failed: int = 0
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.models = Models(self.random)
        self.models.begin_anew()
        self.other = self.lab.engine.connect()
        self.kept: Any = None
        self._put_right()

    def step(self) -> None:
        """Change something, and compare both answers; once while a change is not committed."""
        for _ in range(self.random.randint(1, 2)):
            self._act()
        with_open = self.random.random() < 0.15 and self.dialect != "mariadb"
        if with_open:
            self._note(commit=False)
            self.check(ask=False)  # the rows may be locked
            self.said.append("COMMIT" if self.random.random() < 0.5 else "ROLLBACK")
            (self.other.commit if self.said[-1] == "COMMIT" else self.other.rollback)()
        self.check(ask=self.random.random() < 0.4)
        if self.random.random() < 0.15:
            if self.dialect == "mariadb":  # what is younger than that is looked at each time
                time.sleep(3.1)
            self.check()
            self.check(ask=False)

    def _act(self) -> None:
        chance = self.random.random()
        if self.failed > 1:  # nothing more is learned from what no comparison can read
            self.models.begin_anew()
            self.models.touched.update(CALM)
            self.failed, chance = 0, 0.0
        if chance < 0.2:
            self._put_right()
        elif chance < 0.2 + RESTORES[self.dialect]:
            self._restore()
        elif chance < 0.6:
            self.said.append(self.models.edit())
        else:
            self._note(commit=True)

    def _put_right(self) -> None:
        put_right(self.other, self.models.metadata, self.models.touched)
        self.models.touched.clear()
        self.said.append("put right")

    def _note(self, *, commit: bool) -> None:
        statements, touched = some_ddl(self.random, self.other.dialect)
        if self.dialect == "sqlite" and statements == ["VACUUM"]:
            return
        self.models.touched |= touched
        taken = run(self.other, statements)
        self.said.append(f"{'' if taken else 'refused '}{'; '.join(statements)}")
        if taken and commit:
            (self.other.commit if self.random.random() < 0.85 else self.other.rollback)()

    def _restore(self) -> None:
        """Take a snapshot, or go back to one: by the lab, or on SQLite by copying the file."""
        self.other.close()
        if self.dialect == "sqlite" and self.random.random() < 0.7:
            path = Path(str(self.lab.engine.url.database))
            copy = path.with_suffix(".copy")
            if self.kept != copy:
                shutil.copyfile(path, copy)
                self.kept = copy
            else:
                self._copied(copy, path)
        elif self.kept is None or isinstance(self.kept, Path):
            self.kept = self.lab.snapshot()
        else:
            self.lab.restore(self.kept)
        self.said.append("snapshot or restore")
        self.other = self.lab.engine.connect()

    def _copied(self, copy: Path, path: Path) -> None:
        if self.random.random() < 0.5:
            shutil.copyfile(copy, path)
        else:
            shutil.copyfile(copy, path.with_suffix(".new"))
            path.with_suffix(".new").replace(path)

    def check(self, *, ask: bool = True) -> None:
        """Compare what is remembered with everything, operation by operation and byte by byte."""
        with self.lab.engine.connect() as connection, reflected_word_for_word():
            if self.dialect == "postgresql":
                connection.exec_driver_sql("SET lock_timeout = '500ms'")
                connection.commit()
            remembered = self._answer(connection, self.memory, Asking() if ask else None)
            full = self._answer(connection, None, Asking() if ask else None)
        if any("lock timeout" in str(one[-1]) for one in (remembered, full) if one[0] == "error"):
            return  # neither can be read while the other connection holds a table
        self.checks += 1
        self.errors += full[0] == "error"
        self.failed = self.failed + 1 if full[0] == "error" else 0
        if remembered != full:
            raise AssertionError(f"{self.said[-12:]}\n{remembered}\n{full}")

    def _answer(
        self, connection: sa.Connection, memory: Memory | None, asking: Asking | None
    ) -> Answer:
        options = env_options(self.models.metadata, asking)({"connection": connection})
        context = MigrationContext.configure(connection, opts={**PREFIXES, **options})
        try:
            found = _read(context, asking, memory=memory)
        except Exception as error:  # noqa: BLE001 - whatever it is, the other raises it too
            return ("error", type(error), str(error))
        finally:
            connection.rollback()
        if memory is not None and found.scope.places is not None:
            self.looked += len(found.scope.places)
            spared = len(found.scope.everywhere - found.scope.places)
            self.sparing += spared > 0
            self.spared += spared
        asked = [(one.kind, one.about, one.sentence, one.change) for one in found.questions]
        code = tuple(found.template_arguments[key] for key in ("upgrades", "downgrades", "imports"))
        return found.operations, code, found.bad_names, found.obstacles, asked, found.change


def walk(lab: Lab, dialect: str, seed: int, steps: int) -> Walk:
    """Walk a number of steps; raises AssertionError at the first difference."""
    made = Walk(lab, Random(seed), dialect)  # noqa: S311 - a walk that can be repeated
    try:
        for number in range(steps):
            try:
                made.step()
            except AssertionError as error:
                raise AssertionError(f"seed {seed}, step {number}: {error}") from None
    finally:
        made.other.close()
    return made


def main(dialect: str, steps: int, seed: int) -> None:
    """Walk in pieces of a hundred steps, each from its own seed and an empty database."""
    warnings.simplefilter("ignore", sa.exc.SAWarning)
    gc.collect()
    gc.freeze()  # what was imported stays: no step need look through it
    begun = time.monotonic()
    for piece in range((steps + 99) // 100):
        with tempfile.TemporaryDirectory() as folder, fresh_database(dialect, Path(folder)) as url:
            made = walk(_lab(url, Path(folder)), dialect, seed + piece, 100)
            spent = time.monotonic() - begun
            sys.stdout.write(
                f"{dialect} seed {seed + piece}: {100 * (piece + 1)} steps equal, {spent:.0f} s; "
                f"of {made.checks} checks {made.sparing} spared tables, {made.spared} in all, "
                f"looked at {made.looked}; {made.errors} were errors\n"
            )
            sys.stdout.flush()


def _lab(url: str, folder: Path) -> Lab:
    from schema_lab.scratch import scratch_project

    return Lab(url, config=scratch_project(folder / "project").ini)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]) if sys.argv[3:] else 1)

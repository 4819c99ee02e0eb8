"""Edit a model and see what changes: the lab, the alembic command, Alembic in process, Django."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path

import sqlalchemy as sa
from alembic.autogenerate import produce_migrations, render_python_code
from alembic.runtime.migration import MigrationContext
from sqlalchemy import ForeignKeyConstraint

from benchmarks.speed.goals import COMMAND, LAB, WARM
from benchmarks.speed.plan import Plan
from benchmarks.speed.projects import ALEMBIC, DJANGO_ADMIN, alembic_project, django_project, run
from benchmarks.speed.shapes import sqlmodel_class, sqlmodel_classes
from benchmarks.speed.timing import Timed, in_turn
from schema_lab import Field, Lab
from schema_lab.scratch.project import scratch_project

Works = dict[str, Callable[[], object]]


@dataclass(frozen=True)
class Bench:
    """A database with all tables, and a lab that has seen them."""

    lab: Lab
    url: str
    shape: str
    tables: int
    folder: Path
    numbers: Iterator[int]

    @classmethod
    def begin(cls, url: str, shape: str, tables: int, folder: Path) -> "Bench":
        """Define the models in a lab, make the tables, and look once."""
        root = folder / "lab"
        root.mkdir()
        scratch_project(root)
        lab = Lab(url, config=root)
        bench = cls(lab, url, shape, tables, folder, count(1))
        bench.define(sqlmodel_classes(shape, tables))
        lab.models.metadata.create_all(lab.engine)
        _refuse_difference(lab)
        return bench

    def define(self, code: str) -> None:
        """Run a cell."""
        names = {"Model": self.lab.Model, "Field": Field, "__name__": "__main__"}
        exec(code, {**names, "ForeignKeyConstraint": ForeignKeyConstraint})  # noqa: S102 - a cell

    def edit(self) -> None:
        """Redefine one class with a column more, and read the candidate: what changes, and code."""
        column = self._edited()
        candidate = self.lab.autogenerate("Edit")
        _refuse_other(
            [one.sentence for one in candidate.operations], candidate.upgrade_code, column
        )

    def edit_and_drift(self) -> None:
        """Do the same with a look at the drift before, as a notebook does in a cell of its own."""
        column = self._edited()
        drift = self.lab.drift()
        code = self.lab.autogenerate("Edit").upgrade_code
        _refuse_other([one.sentence for one in drift], code, column)

    def _edited(self) -> str:
        column = f"x{next(self.numbers)}"
        self.define(sqlmodel_class(self.shape, self.tables // 2, column))
        return column

    def redefine(self) -> None:
        """Redefine one class alone."""
        self._edited()
        self.lab.models.settle()

    def first_look(self) -> None:
        """See the drift as if for the first time."""
        self.lab.drift(full=True)


def measured(bench: Bench, plan: Plan, others: Works) -> dict[str, Timed]:
    """Measure the loop: one edit seen by each of those who can, and by others, by turns."""
    with sa.create_engine(bench.url).connect() as connection:
        works: Works = {
            LAB: bench.edit,
            "with a drift before": bench.edit_and_drift,
            "redefinition alone": bench.redefine,
            WARM: _in_process(connection, bench),
            "first look": bench.first_look,
            COMMAND: _command(bench),
            **others,
        }
        time.sleep(plan.settling)
        return in_turn(works, plan.rounds_of(bench.tables), plan.warm)


def _in_process(connection: sa.Connection, bench: Bench) -> Callable[[], None]:
    def compare() -> None:
        metadata = bench.lab.models.metadata
        context = MigrationContext.configure(connection, opts={"target_metadata": metadata})
        found = produce_migrations(context, metadata)
        for operations in (found.upgrade_ops, found.downgrade_ops):
            assert operations is not None
            code = render_python_code(operations, migration_context=context)
            if "column" not in code:
                raise RuntimeError(f"Alembic saw no column: {code}")
        connection.rollback()

    return compare


def _command(bench: Bench) -> Callable[[], None]:
    models = sqlmodel_classes(bench.shape, bench.tables, "extra")
    root = alembic_project(bench.folder / "plain", bench.url, models)

    def command() -> None:
        run(root, *ALEMBIC, "revision", "--autogenerate", "-m", "edit")
        for path in (root / "alembic" / "versions").glob("*.py"):
            if "add_column" not in path.read_text(encoding="utf-8"):
                raise RuntimeError("The alembic command saw no column.")
            path.unlink()

    return command


def django_works(folder: Path, tables: int) -> Works:
    """Give Django's work: it compares with its migration files, so it needs no tables."""
    root = django_project(folder / "django", tables)
    written = django_project(folder / "written", tables)
    run(written, *DJANGO_ADMIN, "makemigrations", "-n", "edit", "shop")
    return {
        "makemigrations --dry-run": partial(
            run, root, *DJANGO_ADMIN, "makemigrations", "--dry-run", "shop"
        ),
        "sqlmigrate": partial(run, written, *DJANGO_ADMIN, "sqlmigrate", "shop", "0002"),
    }


def _refuse_other(sentences: list[str], code: str, column: str) -> None:
    if len(sentences) != 1 or column not in sentences[0] or code.count("op.") != 1:
        raise RuntimeError(f"The lab did not see one column: {sentences}\n{code}")


def _refuse_difference(lab: Lab) -> None:
    seen = repr(lab.drift())
    if "operation" in seen:
        raise RuntimeError(f"The tables are not the models: {seen[:500]}")

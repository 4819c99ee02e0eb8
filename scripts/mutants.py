"""Change what guards a database in small ways, and see whether its tests notice: `make mutants`.

Cosmic Ray makes the changes, one at a time, in a copy of the checkout: a comparison is reversed, a
condition negated, a number moved by one, a decorator removed. A change that a test notices is
*killed*; one that no test notices *survives*, and is printed. `scripts/mutants.toml` says which
tests guard which module, and explains the survivors that no test can notice.

`python -m scripts.mutants html lock` runs two parts. What was killed before is not run again while
its module stays as it is: remove `build/mutants` to run everything. The lock and the journal need
the servers that `SCHEMA_LAB_TEST_POSTGRESQL` and `SCHEMA_LAB_TEST_MARIADB` name. The tests of a
change run in a fork of this process, which has imported the libraries: so a change costs seconds.
"""

import ast
import importlib
import os
import re
import shutil
import signal
import sys
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from cosmic_ray.commands.init import init
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator
from cosmic_ray.work_db import WorkDB, use_db
from cosmic_ray.work_item import MutationSpec, TestOutcome, WorkerOutcome, WorkResult

ROOT = Path(__file__).parents[1]
BUILD = ROOT / "build" / "mutants"
PARTS = ROOT / "scripts" / "mutants.toml"
COPIED = (
    *("alembic", "alembic.ini", "conftest.py", "examples", "pyproject.toml"),
    *("schema_lab", "scripts", "tests"),
)
LIBRARIES = (
    *("IPython", "alembic", "ipywidgets", "pandas", "psycopg", "pymysql", "sqlalchemy"),
    *("sqlglot", "sqlmodel"),
)
MEANT = re.compile(
    r"core/(Replace(ComparisonOperator_(Eq_NotEq|NotEq_Eq|Lt_LtE|Lt_GtE|LtE_Lt|LtE_Gt|Gt_GtE|Gt_LtE"
    r"|GtE_Gt|GtE_Lt|Is_IsNot|IsNot_Is)|BinaryOperator_(Add_Sub|Sub_Add|BitOr_BitAnd|BitAnd_BitOr)"
    r"|UnaryOperator_(Delete_Not|Delete_USub|Delete_Invert)|TrueWithFalse|FalseWithTrue|AndWithOr"
    r"|OrWithAnd|BreakWithContinue|ContinueWithBreak)|AddNot|ExceptionReplacer|NumberReplacer"
    r"|RemoveDecorator|ZeroIterationForLoop)"
)
"""Cosmic Ray's operators that are used: without those that say the same in other words."""


@dataclass(frozen=True)
class Part:
    """A module, the tests that guard it, and the survivors that are explained: line → reason."""

    name: str
    module: str
    tests: tuple[str, ...]
    explained: dict[str, str]

    @property
    def session(self) -> Path:
        """Where Cosmic Ray keeps what it found."""
        return self.folder / "session.sqlite"

    @property
    def folder(self) -> Path:
        """Where this part is run."""
        return BUILD / self.name

    @property
    def log(self) -> Path:
        """What the tests of the last change have printed."""
        return self.folder / "output.txt"


@dataclass(frozen=True)
class Mutant:
    """A change: where, by which operator, the line as it was and as it became."""

    spec: MutationSpec
    before: str
    after: str

    @property
    def sentence(self) -> str:
        """Say the change in a line."""
        line, _ = self.spec.start_pos
        return f"{self.spec.module_path}:{line}: {self.before.strip()} → {self.after.strip()}"


def main(names: list[str]) -> int:
    """Run these parts, or all; end with 1 if a change survives that is not explained."""
    parts = {part.name: part for part in _parts()}
    unknown = [name for name in names if name not in parts]
    if unknown:
        print(f"There is no part {unknown[0]!r}. Choose from: {', '.join(parts)}.")
        return 2
    for library in LIBRARIES:
        importlib.import_module(library)
    print(f"{'part':12}{'mutants':>8}{'killed':>8}{'explained':>10}{'survived':>9}", flush=True)
    survived = 0
    for part in [parts[name] for name in names] or parts.values():
        _copy_checkout(part.folder / "checkout")
        survived += _run(part)
    return int(survived > 0)


def _parts() -> Iterator[Part]:
    for name, part in tomllib.loads(PARTS.read_text(encoding="utf-8")).items():
        explained = part.get("explained", {})
        yield Part(name, part["module"], tuple(part["tests"]), explained)


def _copy_checkout(folder: Path) -> None:
    """Lay the checkout anew into the folder in which it is changed."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in COPIED:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
        copy(ROOT / name, folder / name)
    os.chdir(folder)
    os.environ["PYTHONPATH"] = str(folder)


def _run(part: Part) -> int:
    """Test each change of a part, print its figures and survivors, and count the survivors."""
    passed, seconds = _tested(part, 600)
    if not passed:
        raise SystemExit(f"The tests of {part.name} fail without a change: see {part.log}.")
    limit = 20 + 5 * seconds
    explained = {_bare(line) for line in part.explained}
    with use_db(str(part.session)) as kept:
        mutants = _begun(part, kept)
        known = {job for job, each in mutants.items() if _bare(each.after) in explained}
        outcomes = _outcomes(kept)
        for job, mutant in mutants.items():
            settled = job in known and outcomes.get(job) is TestOutcome.SURVIVED
            if not settled and outcomes.get(job) is not TestOutcome.KILLED:
                kept.set_result(job, _result(part, mutant, limit))
        outcomes = _outcomes(kept)
    survivors = {job for job in mutants if outcomes[job] is TestOutcome.SURVIVED}
    unexplained = [mutants[job] for job in survivors - known]
    figures = (len(mutants), len(mutants) - len(survivors), len(survivors) - len(unexplained))
    print(
        f"{part.name:12}{figures[0]:8}{figures[1]:8}{figures[2]:10}{len(unexplained):9}", flush=True
    )
    for mutant in sorted(unexplained, key=lambda each: each.spec.start_pos):
        print(f"  {mutant.sentence}", flush=True)
    return len(unexplained)


def _outcomes(kept: WorkDB) -> dict[str, TestOutcome | None]:
    return {item.job_id: result.test_outcome for item, result in kept.completed_work_items}


def _bare(line: str) -> str:
    """Leave out white space, which Cosmic Ray adds to a number."""
    return "".join(line.split())


def _begun(part: Part, kept: WorkDB) -> dict[str, Mutant]:
    """Give a part's changes by job; keep what an earlier run found of the same module."""
    path = Path(part.module)
    source = path.read_text(encoding="utf-8")
    note = part.folder / path.name
    if not note.exists() or note.read_text(encoding="utf-8") != source:
        init([path], kept, {})
        note.write_text(source, encoding="utf-8")
    annotated = set(_annotated(source))
    found: dict[str, Mutant] = {}
    for item in kept.work_items:
        spec = item.mutations[0]
        if MEANT.fullmatch(spec.operator_name) and spec.start_pos not in annotated:
            found[item.job_id] = _mutant(source, spec)
        else:
            kept.set_result(item.job_id, WorkResult(worker_outcome=WorkerOutcome.SKIPPED))
    return found


def _annotated(source: str) -> Iterator[tuple[int, int]]:
    """List the places in annotations: `str | None` does nothing when it runs."""
    lines = source.splitlines()
    for node in ast.walk(ast.parse(source)):
        annotations = [getattr(node, "annotation", None), getattr(node, "returns", None)]
        for annotation in filter(None, annotations):
            for line in range(annotation.lineno, annotation.end_lineno + 1):
                yield from ((line, column) for column in range(len(lines[line - 1]) + 1))


def _mutant(source: str, spec: MutationSpec) -> Mutant:
    changed = _changed(source, spec).splitlines()
    lines = zip(source.splitlines(), changed, strict=False)
    before, after = next(((old, new) for old, new in lines if old != new), ("", ""))
    return Mutant(spec, before, after)


def _changed(source: str, spec: MutationSpec) -> str:
    return str(mutate_code(source, get_operator(spec.operator_name)(), spec.occurrence))


def _result(part: Part, mutant: Mutant, limit: float) -> WorkResult:
    """Make a change in the copy, run the tests, and take the change back."""
    path = Path(part.module)
    source = path.read_text(encoding="utf-8")
    path.write_text(_changed(source, mutant.spec), encoding="utf-8")
    try:
        passed, _ = _tested(part, limit)
    finally:
        path.write_text(source, encoding="utf-8")
    outcome = TestOutcome.SURVIVED if passed else TestOutcome.KILLED
    return WorkResult(worker_outcome=WorkerOutcome.NORMAL, test_outcome=outcome)


def _tested(part: Part, limit: float) -> tuple[bool, float]:
    """Run tests in a fork until the first failure; say whether all passed, and after how long."""
    started = time.monotonic()
    child = os.fork()
    if child == 0:
        os._exit(_child(part))
    while time.monotonic() - started < limit:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return status == 0, time.monotonic() - started
        time.sleep(0.05)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return False, limit


def _child(part: Part) -> int:
    os.setsid()
    output = os.open(part.log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for number in (1, 2):
        os.dup2(output, number)
    sys.path.insert(0, os.environ["PYTHONPATH"])
    sys.dont_write_bytecode = True  # a change within a second would not be noticed
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    return int(pytest.main(["-x", "-q", "-p", "no:cacheprovider", *part.tests]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

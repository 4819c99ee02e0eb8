"""Migration cases: folders with models before and after, rows, answers, and what comes of them.

A case's folder holds `before.py` (a `metadata`), and either `after.py` (a `metadata` to
autogenerate for) or `revision.py` (a revision written by hand). Optional are `rows.sql`,
`answers.txt` (a call on the candidate in each line) and `dialects.txt`. What comes of it stands
in `<dialect>.txt`.
"""

import re
import runpy
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from schema_lab import Lab
from schema_lab.candidate import Candidate
from schema_lab.scratch import scratch_project
from tests.support.labs import be, execute, want

FOLDER = Path(__file__).parents[1] / "cases"
DIALECTS = ("sqlite", "postgresql", "mariadb")
_HEAD = '"""By hand."""\n\nrevision = "0001"\ndown_revision = None\n\n'
_EMPTY = {
    "postgresql": ("DROP SCHEMA public CASCADE", "CREATE SCHEMA public"),
    "mariadb": ("DROP DATABASE {name}", "CREATE DATABASE {name} CHARACTER SET utf8mb4"),
}


@dataclass(frozen=True)
class Case:
    """A folder of a case, on one dialect."""

    folder: Path
    dialect: str

    @property
    def name(self) -> str:
        """The folder's name and the dialect."""
        return f"{self.folder.name}-{self.dialect}"

    @property
    def expected(self) -> Path:
        """The file with what comes of it."""
        return self.folder / f"{self.dialect}.txt"

    def play(self, url: str, folder: Path) -> str:
        """Lay the tables out, propose or take the revision, review it; say what came of it."""
        folder.mkdir()
        lab = Lab(url, config=scratch_project(folder).ini)
        be(lab, self._metadata("before.py"))
        execute(lab, *self._rows())
        by_hand = self.folder / "revision.py"
        if by_hand.exists():
            written = folder / "alembic" / "versions" / "0001_by_hand.py"
            written.write_text(_HEAD + by_hand.read_text(encoding="utf-8"), encoding="utf-8")
            return "\n".join(_findings(lab.review())) + "\n"
        want(lab, self._metadata("after.py"))
        candidate = lab.autogenerate("Change")
        for call in self._lines("answers.txt"):
            eval(f"candidate.{call}", {"candidate": candidate})  # noqa: S307 - the case's own
        return _said(candidate)

    def _metadata(self, name: str) -> sa.MetaData:
        found: sa.MetaData = runpy.run_path(str(self.folder / name))["metadata"]
        return found

    def _rows(self) -> list[str]:
        text = "\n".join(self._lines("rows.sql"))
        parts = re.split(r"(?<!\\);", text)
        return [one.replace("\\;", ";") for one in parts if one.strip()]

    def _lines(self, name: str) -> list[str]:
        path = self.folder / name
        return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def cases() -> Iterator[Case]:
    """Give every case on each of its dialects."""
    for folder in sorted(FOLDER.iterdir()):
        if (folder / "before.py").exists():
            chosen = folder / "dialects.txt"
            dialects = chosen.read_text().split() if chosen.exists() else DIALECTS
            yield from (Case(folder, dialect) for dialect in dialects)


def emptied(url: str, dialect: str) -> str:
    """Take all out of a database that several cases share."""
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        for statement in _EMPTY[dialect]:
            connection.exec_driver_sql(statement.format(name=engine.url.database))
    return url


def _said(candidate: Candidate) -> str:
    questions = [
        f"{one.kind} {one.about}: {one.sentence} {' '.join(one.evidence)} → {one.outcome or 'open'}"
        for one in candidate.questions
    ]
    parts = (
        ("questions", "\n".join(questions)),
        ("obstacles", "\n".join(candidate.obstacles)),
        ("script", f"{candidate.upgrade_code}\n\n\n{candidate.downgrade_code}"),
        ("findings", "\n".join(_findings(candidate.review()))),
    )
    return "\n\n".join(f"## {name}\n{text}" for name, text in parts if text) + "\n"


def _findings(found: object) -> Iterator[str]:
    for one in found:  # type: ignore[attr-defined]
        call = f" [{one.call}]" if one.call else ""
        yield f"{one.severity} {one.code}: {one.sentence}{call}"

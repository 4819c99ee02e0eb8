"""`alembic revision --autogenerate` goes by the answers that were kept, and warns of the rest."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from click.testing import CliRunner

from schema_lab import Lab
from schema_lab.candidate import Candidate
from schema_lab.cli.program import program
from tests.support.labs import be, execute, users, want

DATED = re.compile(r"^Create Date: .*$", re.MULTILINE)
GIVEN = 'run_online(context, context.config.attributes.get("models"))'
Columns = Callable[[], list[sa.Column[Any]]]
Typed = Callable[[], str]


def text(name: str) -> Columns:
    """Give a column for text."""
    return lambda: [sa.Column(name, sa.String(20))]


def members(*names: str) -> Columns:
    """Give a column with an enum; on SQLite a CHECK lists its members."""
    return lambda: [sa.Column("size", sa.Enum(*names, name="size", create_constraint=True))]


@dataclass(frozen=True)
class Case:
    """A change of users, where one has the size 12x; the answer, and what the script says of it."""

    before: Columns
    after: Columns
    answer: Callable[[Candidate], Candidate]
    said: str


CASES = {
    "rename": Case(
        text("size"),
        text("width"),
        lambda candidate: candidate.rename("users.size", "width"),
        "# users.size is renamed to width",
    ),
    "fill": Case(
        text("size"),
        lambda: [*text("size")(), sa.Column("width", sa.String(20), nullable=False)],
        lambda candidate: candidate.fill("users.width", "it's 5%:x"),
        "# users.width is filled with",
    ),
    "cast": Case(
        text("size"),
        lambda: [sa.Column("size", sa.Integer)],
        lambda candidate: candidate.cast("users.size", null=True),
        "# Values of users.size that do not fit INTEGER are set to NULL",
    ),
    "enum": Case(
        members("one", "12x"),
        members("one", "two"),
        lambda candidate: candidate.member("users.size", "12x", to="two"),
        "# '12x' of users.size is renamed to 'two'",
    ),
}
EACH = pytest.mark.parametrize("case", CASES.values(), ids=CASES)
SQLITE = pytest.mark.parametrize("dialect", ["sqlite"])


def candidate_for(lab: Lab, case: Case) -> Candidate:
    """Have a user with a size, want other columns, and autogenerate."""
    be(lab, users(*case.before()))
    execute(lab, "INSERT INTO users (id, name, size) VALUES (1, 'Ann', '12x')")
    want(lab, users(*case.after()))
    return lab.autogenerate("Change users")


@pytest.fixture
def typed(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> Typed:
    """Give what runs Alembic's own command, with the lab's models in env.py."""
    env = lab.root / "alembic" / "env.py"
    env.write_text(env.read_text().replace("run_online(context, None)", GIVEN))
    monkeypatch.setenv("DATABASE_URL", url_of(lab))

    def revision() -> str:
        config = Config(lab.root / "alembic.ini", stdout=StringIO())
        config.attributes["models"] = lab.models.metadata
        command.revision(config, "Change users", autogenerate=True, rev_id="typed")
        return script(lab, "typed")

    return revision


def url_of(lab: Lab) -> str:
    """Give the database's URL as a shell has it."""
    return lab._environment.url.render_as_string(hide_password=False)


def script(lab: Lab, revision: str) -> str:
    """Read a script without its id and date."""
    (path,) = (lab.root / "alembic" / "versions").glob(f"{revision}_*.py")
    return DATED.sub("", path.read_text()).replace(revision, "<id>")


@EACH
def test_a_kept_answer_counts_there(
    lab: Lab, typed: Typed, case: Case, caplog: pytest.LogCaptureFixture
) -> None:
    """Apart from id and date the script is the notebook's, byte for byte; nothing is open."""
    revision = case.answer(candidate_for(lab, case)).write()
    notebook = script(lab, revision.id)
    Path(str(revision.path)).unlink()
    assert typed() == notebook
    assert case.said in notebook
    assert "Answer it in a notebook" not in caplog.text


@SQLITE
@EACH
def test_an_open_question_is_a_warning(
    lab: Lab, typed: Typed, case: Case, caplog: pytest.LogCaptureFixture
) -> None:
    """It has the sentence, the evidence and the calls; the script is written as if unasked."""
    (question,) = candidate_for(lab, case).questions
    assert case.said not in typed()
    (warning,) = [one.getMessage() for one in caplog.records if one.name == "schema_lab"]
    for part in (question.sentence, *question.evidence, *(one.call for one in question.choices)):
        assert part in warning


@pytest.mark.parametrize("name", ["cast", "enum"])
def test_the_review_of_that_script_passes(lab: Lab, typed: Typed, name: str) -> None:
    """`schema-lab review` prints what `lab.review()` says; no answered row is called an error."""
    candidate = CASES[name].answer(candidate_for(lab, CASES[name]))
    assert not [one for one in candidate.review() if one.severity == "error"]
    typed()
    arguments = ["review", "--url", url_of(lab), "--config", str(lab.root)]
    result = CliRunner().invoke(program, arguments, catch_exceptions=False)
    assert result.stdout == f"{lab.review()!r}\n1 revision reviewed\n"
    assert result.exit_code == 0, result.stdout


@SQLITE
def test_an_answer_that_no_longer_fits_is_open_again(
    lab: Lab, typed: Typed, caplog: pytest.LogCaptureFixture
) -> None:
    """A copy of a column that by now holds a NULL is warned of, and not written."""
    candidate_for(lab, CASES["fill"]).fill("users.width", copy="size")
    execute(lab, "INSERT INTO users (id, name) VALUES (2, 'Bob')")
    assert CASES["fill"].said not in typed()
    assert "2 existing rows of `users` get in the new column `width`" in caplog.text

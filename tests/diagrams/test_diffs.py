"""A difference is shown line by line: of a schema, of code, and of a script on disk."""

import pytest

from schema_lab import Field, Lab
from schema_lab.candidate import Candidate
from schema_lab.candidate.candidate import Diff, functions_of
from tests.support.labs import lab

__all__ = ["lab"]


@pytest.fixture
def candidate(lab: Lab) -> Candidate:
    """Rename a column, and add one."""

    class Hero(lab.Model, table=True):  # type: ignore[name-defined, misc, call-arg]
        id: int | None = Field(default=None, primary_key=True)
        fullname: str = Field(max_length=20)

    lab.autogenerate("Create heroes").write()
    lab.upgrade()

    class Hero(lab.Model, table=True):  # type: ignore[name-defined, misc, call-arg, no-redef]  # noqa: F811
        id: int | None = Field(default=None, primary_key=True)
        name: str = Field(max_length=20)
        age: int | None = None

    return lab.autogenerate("Change heroes")


def signs(diff: Diff) -> dict[str, str]:
    """Give the sign of each line that comes or goes, below the two names."""
    lines = repr(diff).splitlines()[2:]
    return {" ".join(one[1:].split()): one[0] for one in lines if one[0] in "+-"}


def test_a_schema_is_compared_with_what_it_becomes(candidate: Candidate) -> None:
    """The live columns are before, and what the upgrade makes of them after."""
    found = {name.split()[0]: sign for name, sign in signs(candidate.diff()).items()}
    assert found == {"fullname": "-", "name": "+", "age": "+"}


def test_an_answer_shows_what_it_changes(candidate: Candidate) -> None:
    """No answer, no difference; a rename is said in the code."""
    assert not candidate.answered
    candidate.rename("hero.fullname", "name")
    said = "# hero.fullname is renamed to name. Its values are kept."
    assert signs(candidate.answered)[said] == "+"
    assert "Changed by your answers" in candidate._repr_html_()


def test_a_script_on_disk_differs_once_it_is_edited(candidate: Candidate) -> None:
    """What is written equals the candidate; a line written by hand is the difference."""
    revision = candidate.rename("hero.fullname", "name").write()
    assert not candidate.diff(revision)
    assert revision.path is not None
    by_hand = revision.code.replace("# ### end", "op.execute('SELECT 1')\n    # ### end", 1)
    revision.path.write_text(by_hand, encoding="utf-8")
    assert signs(candidate.diff(revision)) == {"op.execute('SELECT 1')": "-"}


def test_findings_are_shown_once_reviewed(candidate: Candidate) -> None:
    """A candidate shows the findings of its last review, until an answer changes it."""
    assert candidate.findings is None
    found = candidate.review()
    assert candidate.findings is found
    assert "<summary>Review</summary>" in candidate._repr_html_()
    candidate.rename("hero.fullname", "name")
    assert candidate.findings is None


def test_signs_stay_without_colour() -> None:
    """[I3] A line keeps its + or - as text, and a hostile line is escaped."""
    html = Diff("<script>", "plan\x1b[2J", "before", "after")._repr_html_()
    assert ">-&lt;script&gt;</span>" in html
    assert ">+plan\\x1b[2J</span>" in html
    assert "<script>" not in html


def test_a_script_that_does_not_parse_is_compared_whole() -> None:
    """A script that somebody is editing right now is no error."""
    assert functions_of("def upgrade(:") == "def upgrade(:"

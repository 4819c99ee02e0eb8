"""A candidate and the script that it becomes are told the same."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from schema_lab import Lab
from schema_lab.candidate import Candidate
from tests.support.labs import be, execute, users, want

BEFORE: tuple[sa.Column[Any], ...] = (
    sa.Column("age", sa.String(9)),
    sa.Column("plan", sa.Enum("free", "pro", name="plans")),
)
ROWS = "INSERT INTO users VALUES (1, 'Ann', '40', 'free'), (2, 'Bo', '', 'pro')"
Answer = Callable[[Candidate], object]


def _columns(*members: str, age: Any = None, more: tuple[sa.Column[Any], ...] = ()) -> list[Any]:
    return [sa.Column("age", age or sa.String(9)), sa.Column("plan", _plans(*members)), *more]


def _plans(*members: str) -> sa.Enum:
    return sa.Enum(*(members or ("free", "pro")), name="plans")


def _nothing(candidate: Candidate) -> None:
    """Leave the questions open."""


CHANGES: dict[str, tuple[list[Any], Answer]] = {
    "cast": (
        _columns(age=sa.Integer()),
        lambda candidate: candidate.cast("users.age", using="cast(nullif(age, '') as integer)"),
    ),
    "member added": (_columns("free", "pro", "team"), _nothing),
    "member gone": (_columns("free"), _nothing),
    "new type": (_columns(more=(sa.Column("size", sa.Enum("s", "m", name="sizes")),)), _nothing),
    "fill": (
        _columns(more=(sa.Column("size", sa.Integer(), nullable=False),)),
        lambda candidate: candidate.fill("users.size", 1),
    ),
    "index": (_columns(more=(sa.Column("size", sa.Integer(), index=True),)), _nothing),
    "gone": ([sa.Column("age", sa.String(9))], _nothing),
}
RENAMED: dict[str, str | None] = {"renamed": "team", "moved": "free", "set to NULL": None}


def _told(findings: Any) -> list[tuple[str, ...]]:
    return [(one.code, one.severity, one.table, one.column, one.sentence) for one in findings]


@pytest.mark.parametrize("change", CHANGES)
def test_a_script_is_told_what_its_candidate_was(lab: Lab, change: str) -> None:
    """The same findings come of a candidate and of the file that it is written to."""
    columns, answer = CHANGES[change]
    be(lab, users(*(one._copy() for one in BEFORE)))
    execute(lab, ROWS)
    want(lab, users(*(one._copy() for one in columns)))
    candidate = lab.autogenerate(change)
    answer(candidate)
    told = _told(candidate.review())
    written = candidate.write(despite_data=True, empty=True)
    assert _told(lab.review(written.id)) == told


@pytest.mark.parametrize("dialect", ["postgresql", "mariadb"])
@pytest.mark.parametrize("goal", RENAMED)
def test_a_script_is_told_of_members_what_its_candidate_was(lab: Lab, goal: str) -> None:
    """An old version still writes a renamed or moved member; no row is counted as lost."""
    be(lab, users(*(one._copy() for one in BEFORE)))
    execute(lab, ROWS)
    want(lab, users(*_columns("free", "team")))
    candidate = lab.autogenerate(goal).member("users.plan", "pro", to=RENAMED[goal])
    told = _told(candidate.review())
    assert ("SL306", "warning") in [one[:2] for one in told]
    assert "SL105" not in [one[0] for one in told]
    written = candidate.write(despite_data=True)
    assert _told(lab.review(written.id)) == told

"""`candidate.review()`: what autogenerate proposes, against the rows that are there."""

import sqlalchemy as sa

from schema_lab import Lab
from tests.support.labs import be, execute, users, want


def _with_a_plan(lab: Lab) -> None:
    be(lab, users(sa.Column("plan", sa.String(9))))
    execute(lab, "INSERT INTO users VALUES (1, 'Ann', 'free')")


def test_a_candidate_is_reviewed_with_live_numbers(lab: Lab) -> None:
    """What would be lost is counted before anything is written."""
    _with_a_plan(lab)
    want(lab, users())
    candidate = lab.autogenerate("Drop the plan")
    (found,) = [one for one in candidate.review() if one.code == "SL101"]
    assert found.sentence == "drops 1 non-null value of `users.plan`"
    assert found.revision == candidate.id


def test_a_candidate_that_only_creates_raises_nothing(lab: Lab) -> None:
    """A first migration has nothing to lose and nobody to lock out."""
    want(lab, users(sa.Column("email", sa.String(50), unique=True, index=True)))
    assert list(lab.autogenerate("Create users").review()) == []


def test_nothing_found_is_said(lab: Lab) -> None:
    """A review without findings says so."""
    want(lab, users())
    assert repr(lab.autogenerate("Create users").review()) == "The review found no risks."

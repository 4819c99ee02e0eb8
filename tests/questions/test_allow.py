"""A finding that stands for a reason: the script keeps the reason."""

import pytest
import sqlalchemy as sa

from schema_lab import Lab
from schema_lab.candidate import Candidate
from schema_lab.errors import InputError
from tests.support.labs import be, users, want

pytestmark = pytest.mark.parametrize("dialect", ["sqlite"])


def candidate_for(lab: Lab) -> Candidate:
    """Propose to drop a column."""
    be(lab, users(sa.Column("plan", sa.String(50))))
    want(lab, users())
    return lab.autogenerate("Drop plans")


def test_the_reason_stands_at_the_top(lab: Lab) -> None:
    """In one line of comment, whatever the reason holds."""
    code = candidate_for(lab).allow("SL101", "nobody\nreads it: 100%").upgrade_code
    lines = [line.strip() for line in code.splitlines()]
    assert lines[2] == "# schema_lab: allow SL101: nobody reads it: 100%"


def test_no_reason_is_refused(lab: Lab) -> None:
    """The error shows the call."""
    with pytest.raises(InputError, match=r"candidate\.allow\('SL101', "):
        candidate_for(lab).allow("SL101", " ")


def test_a_reason_counts_for_the_same_change_alone(lab: Lab) -> None:
    """It is kept for the next autogenerate, and not for another change."""
    candidate_for(lab).allow("SL101", "nobody reads it")
    assert "allow SL101" in lab.autogenerate("Drop plans").upgrade_code
    want(lab, users(sa.Column("city", sa.Integer)))
    assert "allow SL101" not in lab.autogenerate("Drop plans").upgrade_code

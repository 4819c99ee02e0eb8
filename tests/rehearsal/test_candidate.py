"""A candidate is rehearsed before it is a file."""

import sqlalchemy as sa

from schema_lab import Lab
from schema_lab.rehearsal import rehearse_candidate
from tests.support.labs import users, want


def test_a_candidate_leaves_no_file(lab: Lab) -> None:
    """The project's folder holds after a rehearsal what it held before."""
    want(lab, users(sa.Column("plan", sa.String(20))))
    candidate, before = lab.autogenerate("Create users"), sorted(lab.root.rglob("*"))
    rehearsal = rehearse_candidate(lab._environment, candidate, metadata=lab.metadata)
    assert [(one.mark, one.name) for one in rehearsal.columns] == [
        ("+", "id"),
        ("+", "name"),
        ("+", "plan"),
    ]
    assert rehearsal.drift is not None
    assert list(rehearsal.drift) == []
    assert sorted(lab.root.rglob("*")) == before


def test_it_fits_the_file_that_is_then_written(lab: Lab) -> None:
    """The date in a script's docstring makes it no other script; another line does."""
    want(lab, users())
    candidate = lab.autogenerate("Create users")
    rehearsal = rehearse_candidate(lab._environment, candidate)
    assert "is missing" in rehearsal.changed_since(lab._environment)
    path = candidate.write().path
    assert rehearsal.fits(lab._environment)
    assert path is not None
    path.write_text(path.read_text().replace("def upgrade", "later = 1\n\n\ndef upgrade"))
    assert f"script of revision {candidate.id} has changed" in rehearsal.changed_since(
        lab._environment
    )

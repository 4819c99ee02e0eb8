"""H9: a revision id that a revision already has."""

from pathlib import Path

import pytest

from schema_lab import Lab
from schema_lab.errors import InputError
from tests.history_faults.damage import SECOND


@pytest.mark.parametrize("taken", [SECOND, SECOND.upper()])
def test_an_id_that_exists_is_refused_before_a_file_is_written(project: Path, taken: str) -> None:
    """H9: the refusal names the file, and the history stays readable."""
    lab = Lab(f"sqlite:///{project / 'a.db'}", config=project)
    before = sorted(project.rglob("*.py"))
    for write in (
        lambda: lab.revision("Again", taken),
        lambda: lab.alembic(f"revision -m Again --rev-id {taken}"),
        lambda: lab.alembic(f"revision -m Again --rev-id {taken} --head=head --splice"),
    ):
        with pytest.raises(InputError, match=f"already has the revision id {SECOND}"):
            write()
    assert sorted(project.rglob("*.py")) == before
    assert [revision.id for revision in lab.heads()] == [SECOND]

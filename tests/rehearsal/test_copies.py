"""How a copy is made, and what the report says of it."""

from pathlib import Path

import pytest

from schema_lab.errors import InputError
from tests.rehearsal.people import people


@pytest.mark.parametrize("dialect", ["postgresql"])
def test_a_database_in_use_is_copied_through_a_dump(
    tmp_path: Path, database_url: str, dialect: str
) -> None:
    """While others are connected the server makes no copy of its own, and the report says so."""
    walk = people(tmp_path / "walk", database_url, dialect, rows=5)
    with walk.engine.connect() as other:
        other.exec_driver_sql("SELECT 1")
        rehearsal = walk.lab().rehearse()
    assert "with pg_dump" in rehearsal.why
    assert rehearsal.columns[0].rows_before == 5


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_another_way_is_refused(tmp_path: Path, database_url: str, dialect: str) -> None:
    """A way that there is not is named with those that there are."""
    walk = people(tmp_path / "walk", database_url, dialect, rows=1)
    with pytest.raises(InputError, match="'copy', 'transaction', 'sample'"):
        walk.lab().rehearse(how="dream")

"""What SQLAlchemy and a driver raise keeps its kind in the lab's words."""

import pytest
import sqlalchemy as sa

from schema_lab import Lab
from schema_lab.errors import DatabaseError
from schema_lab.history import as_lab_errors


def test_a_missing_table_is_told_as_one(lab: Lab) -> None:
    """A table that SQLAlchemy or the database does not find is named as missing."""
    with (
        pytest.raises(DatabaseError, match=r"The database has no table builders\."),
        as_lab_errors(lab.engine.url),
    ):
        sa.Table("builders", sa.MetaData(), autoload_with=lab.engine)
    with pytest.raises(
        DatabaseError,
        match=r"builders.*does.?n.t exist|no such table: builders|"
        r'relation "builders" does not exist',
    ):
        lab.query("SELECT * FROM builders")

"""The work of a comparison grows with the number of tables that differ, not with its square."""

import sys
from types import FrameType

import pytest
import sqlalchemy as sa

from schema_lab import Lab
from schema_lab.database import engine_for


def calls(lab: Lab) -> int:
    """Count the calls of the candidate's functions in one drift."""
    number = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal number
        number += event == "call" and "/schema_lab/candidate/" in frame.f_code.co_filename

    sys.setprofile(count)
    try:
        assert lab.drift(full=True).operations
    finally:
        sys.setprofile(None)
    return number


def differing(place: str, tables: int) -> Lab:
    """Give a lab on tables that lack a foreign key of their models, so that each is copied."""
    models = sa.MetaData()
    lab = Lab.scratch(place, metadata=models)
    with engine_for(lab._environment.url).begin() as connection:
        for number in range(tables):
            name, other = f"t{number}", f"t{(number + 1) % tables}"
            connection.exec_driver_sql(f"CREATE TABLE {name} (id INTEGER PRIMARY KEY, up INTEGER)")
            sa.Table(
                name,
                models,
                sa.Column("id", sa.Integer, primary_key=True),
                sa.Column("up", sa.Integer, sa.ForeignKey(f"{other}.id", name=f"fk_{number}")),
            )
    return lab


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_the_work_grows_with_the_tables(dialect: str) -> None:
    """Four times as many tables that are copied take at most five times as many calls."""
    assert calls(differing(dialect, 80)) <= 5 * calls(differing(dialect, 20))

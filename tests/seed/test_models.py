"""Sample rows fit the models, also where the database knows nothing of what they ask."""

import enum
from decimal import Decimal

import pytest
from sqlmodel import select

from schema_lab import Field, Lab


class State(enum.StrEnum):
    """A state, whose member is stored by its name."""

    DRAFT = "draft"
    LIVE = "live"


def test_rows_can_be_read_through_their_model(lab: Lab) -> None:
    """Members of an enum, lengths and limits hold for every row, on every database."""

    class Article(lab.Model, table=True):  # type: ignore[name-defined, misc, call-arg]
        id: int | None = Field(default=None, primary_key=True)
        state: State
        former: State | None = None
        code: str = Field(min_length=3, max_length=6)
        rank: int = Field(ge=7, lt=12)
        price: Decimal = Field(gt=0, le=2, max_digits=6, decimal_places=2)

    lab.autogenerate("Articles").write()
    lab.upgrade()
    lab.seed(rows=40, anywhere=True)
    with lab.session() as session:
        rows = session.exec(select(Article)).all()
    assert len(rows) == 40
    assert {row.state for row in rows} == set(State)
    assert {row.former for row in rows} <= {*State, None}
    assert all(3 <= len(row.code) <= 6 for row in rows)
    assert all(7 <= row.rank < 12 for row in rows)
    assert all(0 < row.price <= 2 for row in rows)
    assert lab.drift().operations == ()


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_a_changed_class_counts(lab: Lab) -> None:
    """A class that was run again is asked as it is now."""
    for highest in (3, 900):

        class Count(lab.Model, table=True):  # type: ignore[name-defined, misc, call-arg]
            id: int | None = Field(default=None, primary_key=True)
            n: int = Field(ge=highest, le=highest)

        if highest == 3:
            lab.autogenerate("Counts").write()
            lab.upgrade()
        lab.seed(rows=1, anywhere=True)
    assert lab.query("SELECT n FROM count ORDER BY n")["n"].tolist() == [3, 900]

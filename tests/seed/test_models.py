"""Sample rows fit the models, also where the database knows nothing of what they ask."""

import enum
from decimal import Decimal
from typing import Annotated

import pytest
from pydantic import StringConstraints
from sqlmodel import select

from schema_lab import Field, Lab
from schema_lab.errors import DatabaseError

PATTERN = "^[A-Z]{3}-[0-9]+$"


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


def test_a_pattern_is_refused_where_null_does_not_do(lab: Lab) -> None:
    """A text that must match a pattern is NULL or the reason of a refusal, never another text."""

    class Spare(lab.Model, table=True):  # type: ignore[name-defined, misc, call-arg]
        id: int | None = Field(default=None, primary_key=True)
        rank: int
        code: Annotated[str | None, StringConstraints(pattern=PATTERN)] = None

    class Part(lab.Model, table=True):  # type: ignore[name-defined, misc, call-arg]
        id: int | None = Field(default=None, primary_key=True)
        code: Annotated[str, StringConstraints(pattern=PATTERN)]

    lab.autogenerate("Parts").write()
    lab.upgrade()
    lab.seed(rows=5, anywhere=True, tables=["spare"])
    assert lab.query("SELECT code FROM spare")["code"].isna().tolist() == [True] * 5
    with pytest.raises(DatabaseError, match=r"part\.code: its model asks for the pattern '\^\[A-Z"):
        lab.seed(rows=5, anywhere=True, tables=["part"])

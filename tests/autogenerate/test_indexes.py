"""Indexes on expressions that PostgreSQL spells in its own way."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from schema_lab import Lab
from tests.support.labs import users, want

Columns = Any
EXPRESSIONS: dict[str, Callable[[Columns], Any]] = {
    "CASE": lambda c: sa.case((c.name == "x", c.id), else_=0),
    "CASE DESC": lambda c: sa.case((c.name == "x", c.id), else_=0).desc(),
    "a language": lambda c: sa.func.to_tsvector("english", c.name),
    "a colon": lambda c: c.name + " :x 100%",
}


@pytest.mark.parametrize("dialect", ["postgresql"])
@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_an_index_on_an_expression_runs_and_is_no_drift(lab: Lab, expression: str) -> None:
    """The script holds the literal and the brackets that PostgreSQL asks for."""
    models = users()
    sa.Index("ix", EXPRESSIONS[expression](models.tables["users"].c))
    want(lab, models)
    candidate = lab.autogenerate("Make it")
    assert ":name_1" not in str(candidate.operations)
    candidate.write()
    lab.upgrade()
    assert not lab.drift().operations

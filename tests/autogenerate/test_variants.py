"""A type that is another on one database is spelled so that the script runs on each."""

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from schema_lab import Lab
from tests.support.labs import users, want

VARIANTS: dict[str, Any] = {
    "JSONB": sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
    "JSONB first": postgresql.JSONB().with_variant(sa.JSON(), "sqlite", "mysql", "mariadb"),
    "ARRAY": sa.JSON().with_variant(postgresql.ARRAY(sa.Integer), "postgresql"),
}


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_variant_runs_and_is_no_drift(lab: Lab, variant: str) -> None:
    """The types within it are named in full."""
    want(lab, users(sa.Column("data", VARIANTS[variant])))
    candidate = lab.autogenerate("Make it")
    assert all("cannot write" not in candidate.sql(one) for one in ("sqlite", "postgresql"))
    candidate.write()
    lab.upgrade()
    assert not lab.drift().operations

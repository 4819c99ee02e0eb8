"""A lab whose models, history and database agree, and what makes them differ."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from schema_lab import Lab
from schema_lab.scratch import next_number
from tests.support.labs import lab, users, want

__all__ = ["lab", "plain", "wide"]


def plain() -> sa.MetaData:
    """Give the models of revision 0001."""
    return users()


def wide() -> sa.MetaData:
    """Give the models of revision 0002: one column more."""
    return users(sa.Column("plan", sa.String(9)))


@pytest.fixture
def two(lab: Lab) -> Lab:
    """Write two revisions, upgrade to both, and let the models be those of the second."""
    lab._environment = replace(lab._environment, new_id=next_number)
    for models, message in ((plain(), "Users"), (wide(), "Plans")):
        want(lab, models)
        lab.autogenerate(message).write()
        lab.upgrade()
    return lab

"""The lab that these tests ask for, at the head of a history that made its table."""

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.types import TypeEngine

from schema_lab import Lab
from tests.support.labs import lab as plain_lab
from tests.support.labs import users, want

lab = plain_lab
NOISY: dict[str, TypeEngine[Any]] = {
    "sqlite": sa.UUID(),
    "postgresql": sa.Float(24),
    "mariadb": sa.REAL(),
}
"""A type that each dialect gives back as another one."""


@pytest.fixture
def noisy(lab: Lab, dialect: str) -> Lab:
    """Give a lab whose one revision is applied, and whose drift stays."""
    want(lab, users(sa.Column("price", NOISY[dialect])))
    lab.autogenerate("Create users").write()
    lab.upgrade()
    return lab

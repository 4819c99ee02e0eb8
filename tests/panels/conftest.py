"""A scratch lab with users, and its panel."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlmodel import Field

from schema_lab import Lab
from schema_lab.panels import Panel
from tests.panels.doing import execute
from tests.support.labs import be, users, want

Define = Callable[..., None]
"""Defines User again: with `plan=True` it has the column plan."""


@pytest.fixture
def lab() -> Lab:
    """Give an empty scratch lab."""
    return Lab.scratch()


@pytest.fixture
def define(lab: Lab) -> Define:
    """Give a function that defines the model User, as a cell does that is run again."""

    def with_columns(plan: bool = False) -> None:
        if plan:

            class User(lab.Model, table=True):  # type: ignore[call-arg,misc,name-defined]
                __tablename__ = "users"
                id: int | None = Field(default=None, primary_key=True)
                email: str
                plan: str | None = Field(default=None, max_length=20)
        else:

            class User(lab.Model, table=True):  # type: ignore[call-arg,misc,name-defined,no-redef]
                __tablename__ = "users"
                id: int | None = Field(default=None, primary_key=True)
                email: str

    return with_columns


@pytest.fixture
def panel(lab: Lab, define: Define) -> Panel:
    """Give the panel of a lab whose model User has no table yet."""
    define()
    return lab.panel()


@pytest.fixture
def written(lab: Lab, define: Define) -> Panel:
    """Give a panel with two pending revisions: 0001 creates users, 0002 adds users.plan."""
    define()
    lab.autogenerate("Create users").write()
    lab.upgrade()
    define(plan=True)
    lab.autogenerate("Add plans").write()
    lab.downgrade("base")
    return lab.panel()


@pytest.fixture
def upgraded(written: Panel) -> Panel:
    """Give a panel at 0002 with one user, who has a plan."""
    written.upgrade_button.click()
    execute(written, "INSERT INTO users (email, plan) VALUES ('ada@example.org', 'gold')")
    written.refresh()
    return written


@pytest.fixture
def asking(lab: Lab) -> Panel:
    """Give a panel whose candidate asks whether users.plan, with a value, is renamed to tariff."""
    be(lab, users(sa.Column("plan", sa.String(20))))
    want(lab, users(sa.Column("tariff", sa.String(20))))
    panel = lab.panel()
    execute(panel, "INSERT INTO users (name, plan) VALUES ('Ada', 'gold')")
    panel.message_box.value = "Rename plans"
    panel.autogenerate_button.click()
    return panel

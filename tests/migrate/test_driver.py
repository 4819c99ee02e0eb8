"""One driver runs every migration: the terminal's `alembic` has what the notebook has."""

import logging

import pytest
from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import event

from schema_lab import Lab
from tests.support.labs import execute, filled_in

CREATE = 'op.create_table("notes", sa.Column("id", sa.Integer, primary_key=True))'
OTHER = 'op.create_table("tags", sa.Column("id", sa.Integer, primary_key=True))'


@pytest.fixture
def config(lab: Lab) -> Config:
    """Give the configuration of a project with one revision pending."""
    filled_in(lab, "Create notes", CREATE, 'op.drop_table("notes")')
    return Config(lab.root / "alembic.ini")


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_the_command_line_reads_the_heads_back(lab: Lab, config: Config) -> None:
    """A program's engine that rolls back each commit does not pass for a success."""
    config.attributes["connection"] = lab.engine
    event.listen(lab.engine, "commit", _roll_back)
    try:
        with pytest.raises(CommandError, match="but the database is at base"):
            command.upgrade(config, "head")
    finally:
        event.remove(lab.engine, "commit", _roll_back)
    assert len(lab.current()) == 0


def _roll_back(connection: object) -> None:
    driver = connection.connection.driver_connection  # type: ignore[attr-defined]
    driver.rollback()


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_the_command_line_warns_of_a_missing_table(
    lab: Lab, config: Config, caplog: pytest.LogCaptureFixture
) -> None:
    """An upgrade over a table that was dropped by hand runs, and names the table."""
    config.attributes["connection"] = lab.engine
    command.upgrade(config, "head")
    execute(lab, "DROP TABLE notes")
    filled_in(lab, "Create tags", OTHER)
    with caplog.at_level(logging.WARNING, "schema_lab"):
        command.upgrade(config, "head")
    assert "Table notes, which an applied revision created, is missing" in caplog.text
    assert len(lab.current()) == 1


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_the_direction_follows_from_the_target(lab: Lab, config: Config) -> None:
    """A revision below the current one is downgraded to, one above it is upgraded to."""
    first = lab.heads()[0].id
    second = filled_in(lab, "Create tags", OTHER, 'op.drop_table("tags")')
    lab.upgrade(first)
    found = {to: lab.step_through(to).direction for to in (second, "+1", "head", "-1", "base")}
    up, down = "upgrade", "downgrade"
    assert found == {second: up, "+1": up, "head": up, "-1": down, "base": down}
    lab.upgrade(second)
    assert lab.step_through(first).direction == down

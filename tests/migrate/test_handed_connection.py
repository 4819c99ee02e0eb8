"""A program hands its own connection to Alembic: `config.attributes["connection"]`."""

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.util import CommandError

from schema_lab import Lab
from tests.support.dump import schema_dump
from tests.support.labs import filled_in

CREATE = 'op.create_table("notes", sa.Column("id", sa.Integer, primary_key=True))'


@pytest.fixture
def config(lab: Lab) -> Config:
    """Give the configuration of a project with one revision pending."""
    filled_in(lab, "Create notes", CREATE, 'op.drop_table("notes")')
    return Config(lab.root / "alembic.ini")


def test_an_open_transaction_is_refused(lab: Lab, config: Config) -> None:
    """After a SELECT the connection is in a transaction: an error, not a silent rollback (A7)."""
    before = schema_dump(lab.engine.url)
    with lab.engine.connect() as connection:
        connection.execute(sa.text("SELECT 1"))
        config.attributes["connection"] = connection
        with pytest.raises(CommandError, match="open transaction"):
            command.upgrade(config, "head")
    assert schema_dump(lab.engine.url) == before


def test_a_connection_with_nothing_open_is_used_and_committed(lab: Lab, config: Config) -> None:
    """What ran on the handed connection stands, and the connection stays usable (A7)."""
    with lab.engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        assert not connection.in_transaction()
        assert connection.scalar(sa.text("SELECT count(*) FROM notes")) == 0
    assert len(lab.current()) == 1


def test_an_engine_is_connected(lab: Lab, config: Config) -> None:
    """In the place of a connection an engine will do."""
    config.attributes["connection"] = lab.engine
    command.upgrade(config, "head")
    assert list(lab.tables()["table"]) == ["notes"]
    command.downgrade(config, "base")
    assert list(lab.tables()["table"]) == []


def test_reading_on_an_open_transaction_is_refused_too(lab: Lab, config: Config) -> None:
    """`alembic check` on such a connection says the same, and ends nobody's transaction (A7)."""
    with lab.engine.connect() as connection:
        connection.execute(sa.text("SELECT 1"))
        config.attributes["connection"] = connection
        with pytest.raises(CommandError, match="open transaction"):
            command.current(config)
        assert connection.in_transaction()

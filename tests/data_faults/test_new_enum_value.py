"""A new enum value on PostgreSQL, used before it is committed (D7)."""

import pytest

from schema_lab import Lab
from schema_lab.errors import MigrationError
from tests.support.dump import schema_dump
from tests.support.labs import execute, filled_in, scalars

pytestmark = pytest.mark.parametrize("dialect", ["postgresql"])
ADD = "op.execute(\"ALTER TYPE mood ADD VALUE 'glad'\")"
USE = "op.execute(\"UPDATE users SET mood = 'glad'\")"


@pytest.fixture
def moody(lab: Lab) -> Lab:
    """Give a lab on a table with an enum."""
    execute(lab, "CREATE TYPE mood AS ENUM ('sad')")
    execute(lab, "CREATE TABLE users (id INTEGER PRIMARY KEY, mood mood NOT NULL)")
    execute(lab, "INSERT INTO users VALUES (1, 'sad')")
    return lab


def test_using_it_in_the_same_revision_is_explained(moody: Lab) -> None:
    """D7: the error says that a commit must lie between, and nothing stands."""
    filled_in(moody, "Be glad", f"{ADD}\n{USE}")
    before = schema_dump(moody.engine.url)
    with pytest.raises(MigrationError, match="unsafe use of new value") as refused:
        moody.upgrade()
    assert "autocommit_block" in refused.value.cure
    assert schema_dump(moody.engine.url).rows["public.users"] == before.rows["public.users"]


def test_the_cure_works(moody: Lab) -> None:
    """D7: with the value added in an autocommit block, the same revision uses it."""
    block = f"with op.get_context().autocommit_block():\n    {ADD}\n{USE}"
    filled_in(moody, "Be glad", block)
    moody.upgrade()
    assert scalars(moody, "SELECT mood FROM users") == ["glad"]

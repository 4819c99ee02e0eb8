"""`alembic upgrade`, `downgrade`, `stamp` and `check`, as a user types them."""

import pytest
import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from tests.support.terminal import FIRST, HEAD, Terminal, failed, succeeded

FIELDS = {"onboarding_screen", "onboarding_started_at"}


def tables(terminal: Terminal) -> set[str]:
    """Read the names of the tables."""
    return set(sa.inspect(_engine(terminal)).get_table_names())


def profile_columns(terminal: Terminal) -> set[str]:
    """Read the names of user_profiles' columns."""
    columns = sa.inspect(_engine(terminal)).get_columns("user_profiles")
    return {column["name"] for column in columns}


def version(terminal: Terminal) -> list[str]:
    """Read the version table."""
    with _engine(terminal).connect() as connection:
        rows = connection.execute(sa.text("SELECT version_num FROM alembic_version"))
        return list(rows.scalars())


def _engine(terminal: Terminal) -> sa.Engine:
    return sa.create_engine(terminal.url, poolclass=NullPool)


def test_upgrade_head_makes_the_tables(terminal: Terminal) -> None:
    """`alembic upgrade head` brings an empty database to the newest revision."""
    assert succeeded(terminal.alembic("upgrade", "head"))
    assert tables(terminal) == {"users", "user_profiles", "alembic_version"}
    assert version(terminal) == [HEAD]


@pytest.mark.parametrize("target", [FIRST, "+1"])
def test_upgrade_stops_at_the_target(terminal: Terminal, target: str) -> None:
    """`alembic upgrade <revision>` or `+1` goes no further."""
    assert succeeded(terminal.alembic("upgrade", target))
    assert version(terminal) == [FIRST]
    assert profile_columns(terminal).isdisjoint(FIELDS)


@pytest.mark.parametrize("target", [FIRST, "-1"])
def test_downgrade_takes_the_fields_back(at_head: Terminal, target: str) -> None:
    """`alembic downgrade <revision>` or `-1` undoes the revision above the target."""
    assert profile_columns(at_head) >= FIELDS
    assert succeeded(at_head.alembic("downgrade", target))
    assert version(at_head) == [FIRST]
    assert profile_columns(at_head).isdisjoint(FIELDS)


def test_downgrade_base_leaves_no_table(at_head: Terminal) -> None:
    """`alembic downgrade base` leaves an empty version table and nothing else."""
    assert succeeded(at_head.alembic("downgrade", "base"))
    assert tables(at_head) == {"alembic_version"}
    assert version(at_head) == []


def test_stamp_head_runs_nothing(terminal: Terminal) -> None:
    """`alembic stamp head` writes the version and makes no table of a model."""
    assert succeeded(terminal.alembic("stamp", "head"))
    assert version(terminal) == [HEAD]
    assert tables(terminal) == {"alembic_version"}


def test_check_is_content_at_the_head(at_head: Terminal) -> None:
    """`alembic check` finds the models of this project in the migrated database."""
    result = at_head.alembic("check")
    assert succeeded(result)
    assert "No new upgrade operations detected." in result.stdout


def test_check_names_what_differs(at_head: Terminal) -> None:
    """`alembic check` fails on a database with a column too many, and names it."""
    with _engine(at_head).begin() as connection:
        connection.execute(sa.text("ALTER TABLE users ADD COLUMN nickname VARCHAR(20)"))
    result = at_head.alembic("check")
    assert failed(result)
    assert "nickname" in result.stdout + result.stderr

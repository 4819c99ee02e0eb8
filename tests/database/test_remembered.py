"""What a database has said of its schema is said again from memory, where that is wanted."""

import pytest
import sqlalchemy as sa

from schema_lab.database import Remembered

ASKED = "SELECT count(*) AS found FROM teams"


@pytest.fixture
def teams(engine: sa.Engine) -> sa.Engine:
    """Give a database with an empty table."""
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE teams (id INTEGER PRIMARY KEY)")
    return engine


def _insert(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO teams (id) VALUES (1)")


def _found(engine: sa.Engine, remembered: Remembered) -> int:
    with engine.connect() as connection, remembered.answering(connection):
        return int(connection.exec_driver_sql(ASKED).mappings().one()["found"])


def test_a_statement_is_asked_once(teams: sa.Engine) -> None:
    """The second time it is answered from memory, with its columns."""
    remembered = Remembered()
    before = _found(teams, remembered)
    _insert(teams)
    assert (before, _found(teams, remembered)) == (0, 0)


def test_what_is_forgotten_is_asked_again(teams: sa.Engine) -> None:
    """The answer is then what the database says."""
    remembered = Remembered()
    _found(teams, remembered)
    _insert(teams)
    remembered.forget()
    assert _found(teams, remembered) == 1


def test_other_parameters_are_another_question(teams: sa.Engine) -> None:
    """A statement is known by its parameters too."""
    remembered = Remembered()
    with teams.connect() as connection, remembered.answering(connection):
        given = [connection.scalar(sa.select(sa.literal(one))) for one in (7, 8, 7)]
    assert given == [7, 8, 7]


def test_outside_nothing_is_remembered(teams: sa.Engine) -> None:
    """The same connection asks the database when it is no longer answered from memory."""
    remembered = Remembered()
    with teams.connect() as connection:
        with remembered.answering(connection):
            connection.exec_driver_sql(ASKED).all()
        connection.exec_driver_sql("INSERT INTO teams (id) VALUES (1)")
        assert connection.scalar(sa.text(ASKED)) == 1


def test_what_the_database_refuses_is_not_remembered(teams: sa.Engine) -> None:
    """An error comes through, each time."""
    remembered = Remembered()
    for _ in range(2):
        with (
            teams.connect() as connection,
            remembered.answering(connection),
            pytest.raises(sa.exc.DBAPIError),
        ):
            connection.exec_driver_sql("SELECT nothing FROM nowhere")
    assert not remembered.answers

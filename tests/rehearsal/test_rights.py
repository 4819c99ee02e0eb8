"""A user who may make no copy: another way where there is one, else what to grant."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from schema_lab import Lab
from schema_lab.errors import DatabaseError, LossError
from tests.support.labs import execute, filled_in, opened
from tests.support.servers import server_url

MADE = {
    "postgresql": ("CREATE ROLE {0} LOGIN", "GRANT ALL ON SCHEMA public TO {0}"),
    "mariadb": (
        "CREATE USER {0}@'127.0.0.1' IDENTIFIED BY 'right'",
        "GRANT ALL ON {1}.* TO {0}@'127.0.0.1'",
    ),
}
GONE = {
    "postgresql": ("DROP OWNED BY {0} CASCADE", "DROP ROLE {0}"),
    "mariadb": ("DROP USER {0}@'127.0.0.1'",),
}


@pytest.fixture
def theirs(tmp_path: Path, dialect: str, database_url: str) -> Iterator[Lab]:
    """Open a lab as a user with all rights on the database, and none to make another."""
    url, name = sa.make_url(database_url), f"sl_{uuid.uuid4().hex[:10]}"
    server = server_url(dialect).set(database=url.database)
    administrator = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with administrator.connect() as connection:
        for statement in MADE[dialect]:
            connection.exec_driver_sql(statement.format(name, url.database))
        password = "right" if dialect == "mariadb" else None
        user = url.set(username=name, password=password)
        lab = opened(tmp_path, user.render_as_string(hide_password=False))
        execute(lab, "CREATE TABLE users (id INTEGER PRIMARY KEY, plan VARCHAR(20))")
        execute(lab, "INSERT INTO users VALUES (1, 'paid')")
        filled_in(lab, "Drop plans", "op.drop_column('users', 'plan')")
        yield lab
        for statement in GONE[dialect]:
            connection.exec_driver_sql(statement.format(name))
    administrator.dispose()


@pytest.mark.parametrize("dialect", ["postgresql"])
def test_without_the_right_to_copy_a_transaction_is_taken(theirs: Lab) -> None:
    """The report says why; the losses are the same."""
    rehearsal = theirs.rehearse()
    assert (rehearsal.how, [loss.name for loss in rehearsal.losses]) == (
        "transaction",
        ["users.plan"],
    )
    assert "may not create databases" in rehearsal.why


@pytest.mark.parametrize("dialect", ["postgresql"])
@pytest.mark.parametrize("how", ["copy", "sample"])
def test_a_copy_that_was_asked_for_names_the_right_and_the_other_way(theirs: Lab, how: str) -> None:
    """What is missing, and the rehearsal that needs no right."""
    with pytest.raises(DatabaseError, match="may not create databases") as refused:
        theirs.rehearse(how=how)
    assert "CREATEDB" in refused.value.cure
    assert 'how="transaction"' in refused.value.cure


@pytest.mark.parametrize("dialect", ["mariadb"])
def test_where_nothing_can_be_rehearsed_a_name_still_goes(theirs: Lab) -> None:
    """The error names the grant, to whom, and accept_loss; that takes the step."""
    with pytest.raises(DatabaseError) as refused:
        theirs.rehearse()
    user = theirs._environment.url.username
    assert f"GRANT ALL ON `schema\\_lab\\_%`.* TO '{user}'@'127.0.0.1'" in refused.value.cure
    assert "accept_loss" in refused.value.cure
    with pytest.raises(LossError, match=r"users\.plan with 1 value"):
        theirs.upgrade()
    assert theirs.upgrade(accept_loss="users.plan").revisions

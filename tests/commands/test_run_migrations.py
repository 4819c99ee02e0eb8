"""`python scripts/run_migrations.py`: what a deployment calls."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from schema_lab.database import SQLITE_BEGIN, engine_for, exclusive
from tests.support.dump import schema_dump
from tests.support.programs import Result
from tests.support.terminal import FIRST, HEAD, Terminal, succeeded


def migrate(terminal: Terminal, *options: str) -> Result:
    """Run the script as a deployment does."""
    return terminal.python("scripts/run_migrations.py", *options)


@contextmanager
def somebody_migrating(url: str) -> Iterator[sa.Connection]:
    """Hold the migration lock on another connection."""
    with (
        engine_for(sa.make_url(url)).connect() as connection,
        exclusive(connection.execution_options(**{SQLITE_BEGIN: "IMMEDIATE"}), timeout=5),
        connection.begin(),
    ):
        yield connection


def number_of(connection: sa.Connection) -> int:
    """Ask the server for its number of a connection."""
    function = {"postgresql": sa.func.pg_backend_pid()}.get(
        connection.dialect.name, sa.func.connection_id()
    )
    return int(connection.scalar(sa.select(function)) or 0)


def test_each_revision_is_reported(terminal: Terminal) -> None:
    """It names the database, each revision as it is done, and where the database stands now."""
    result = migrate(terminal)
    assert succeeded(result)
    database, *progress = result.stdout.splitlines()
    assert database == f"database: {terminal.lab().url}"
    assert progress == [f"[1/2] {FIRST}", f"[2/2] {HEAD}", f"upgraded to {HEAD}"]


def test_a_second_run_changes_nothing(at_head: Terminal) -> None:
    """On a database at the head it says so, and the database stays as it is."""
    before = schema_dump(at_head.url)
    result = migrate(at_head)
    assert succeeded(result)
    assert result.stdout.splitlines()[1:] == [f"already at {HEAD}"]
    assert schema_dump(at_head.url) == before


def test_it_stops_at_the_target(terminal: Terminal) -> None:
    """With --target it goes no further."""
    assert succeeded(migrate(terminal, "--target", FIRST))
    assert [one.id for one in terminal.lab().current()] == [FIRST]


def test_check_reports_and_changes_nothing(terminal: Terminal) -> None:
    """With --check it lists what is pending, oldest first, and touches nothing."""
    result = migrate(terminal, "--check")
    assert succeeded(result)
    assert result.stdout.splitlines()[1:] == [
        f"pending: {FIRST} Create users and user profiles",
        f"pending: {HEAD} Add onboarding tracking fields",
        "2 pending",
    ]
    assert schema_dump(terminal.url).rows == {}


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_check_knows_when_nothing_is_pending(at_head: Terminal) -> None:
    """With --check a database at the head is up to date."""
    result = migrate(at_head, "--check")
    assert succeeded(result)
    assert result.stdout.splitlines()[1:] == ["up to date"]


def test_a_failed_migration_is_exit_code_1(at_head: Terminal) -> None:
    """A failing revision is named with its statement; the exit code is 1."""
    path = at_head.lab().revision("Fill what is not there").path
    assert path is not None
    script = path.read_text().replace("    pass", '    op.execute("DELETE FROM nowhere")', 1)
    path.write_text(script)
    result = migrate(at_head)
    assert result.returncode == 1
    assert "DELETE FROM nowhere" in result.stderr
    assert "Traceback" not in result.stderr
    assert [one.id for one in at_head.lab().current()] == [HEAD]


def test_a_lock_not_free_in_time_names_its_holder(terminal: Terminal, dialect: str) -> None:
    """With --timeout it waits so long for another migration, then says who holds it (C4)."""
    with somebody_migrating(terminal.url) as holder:
        result = migrate(terminal, "--timeout", "0.5")
        named = f"process {os.getpid()}"
        if dialect != "sqlite":
            named = f"connection {number_of(holder)}"
    assert result.returncode == 1
    assert named in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_it_runs_from_any_folder(terminal: Terminal) -> None:
    """It finds its project beside itself, wherever it is called."""
    script = str(terminal.root / "scripts" / "run_migrations.py")
    assert succeeded(terminal.run(sys.executable, script, folder="alembic/versions"))
    assert [one.id for one in terminal.lab().current()] == [HEAD]


@pytest.mark.parametrize("dialect", ["sqlite"])
@pytest.mark.parametrize("options", [("--nonsense",), ("--wait", "soon")])
def test_bad_usage_is_exit_code_2(terminal: Terminal, options: tuple[str, ...]) -> None:
    """An option that is unknown or has no sensible value is not a failed migration."""
    result = migrate(terminal, *options)
    assert result.returncode == 2
    assert options[0] in result.stderr
    assert schema_dump(terminal.url).rows == {}


def test_a_rehearsal_that_loses_nothing_goes_on(terminal: Terminal) -> None:
    """With --rehearse the report comes first, then the upgrade."""
    result = migrate(terminal, "--rehearse")
    assert succeeded(result)
    assert "it would succeed, and no values would be lost" in result.stdout
    assert result.stdout.splitlines()[-1] == f"upgraded to {HEAD}"


@pytest.fixture
def losing(at_head: Terminal) -> Terminal:
    """Have a user, and a revision that drops what is known of one."""
    lab = at_head.lab()
    with lab.engine.begin() as connection:
        connection.execute(
            sa.text("INSERT INTO users (email, name) VALUES ('ann@example.org', 'Ann')")
        )
    revision = lab.revision("Forget e-mails")
    assert revision.path is not None
    code = 'op.execute("DELETE FROM user_profiles")\n    op.execute("DELETE FROM users")'
    revision.path.write_text(revision.code.replace("    pass", f"    {code}", 1))
    return at_head


def test_a_rehearsal_that_loses_rows_stops(losing: Terminal) -> None:
    """The exit code is 1, the cure names the option, and the database is as it was."""
    before = schema_dump(losing.url)
    result = migrate(losing, "--rehearse")
    assert result.returncode == 1
    assert "--accept-loss users" in result.stderr
    assert schema_dump(losing.url) == before


def test_a_loss_that_is_accepted_does_not_stop(losing: Terminal) -> None:
    """The name of the table is enough for its rows."""
    assert succeeded(migrate(losing, "--rehearse", "--accept-loss", "users"))
    assert losing.lab().rows("users").empty

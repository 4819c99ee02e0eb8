"""`schema_lab.init_db`: migrations at an application's start-up."""

import subprocess
import sys

import pytest
import sqlalchemy as sa

from schema_lab import SchemaLabError, init_db
from schema_lab.errors import MigrationError
from tests.support.dump import schema_dump
from tests.support.terminal import FIRST, HEAD, Terminal

REPLICA = """
import sys
from schema_lab import init_db
print("ready", flush=True)
sys.stdin.readline()
print(*init_db(sys.argv[1], config="alembic.ini").revisions)
"""


def test_it_upgrades_in_process(terminal: Terminal) -> None:
    """It runs every pending revision and says which."""
    run = init_db(terminal.url, config=terminal.root)
    assert run.revisions == (FIRST, HEAD)
    assert run.after == (HEAD,)


def test_a_second_start_runs_nothing(terminal: Terminal) -> None:
    """On an up-to-date database no revision runs and nothing changes."""
    init_db(terminal.url, config=terminal.root)
    before = schema_dump(terminal.url)
    assert init_db(terminal.url, config=terminal.root).revisions == ()
    assert schema_dump(terminal.url) == before


def test_it_reads_database_url(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without arguments it takes DATABASE_URL and the alembic.ini of the working directory."""
    monkeypatch.setenv("DATABASE_URL", terminal.url)
    monkeypatch.chdir(terminal.root)
    assert init_db(target=FIRST).after == (FIRST,)
    assert [one.id for one in terminal.lab().current()] == [FIRST]


def test_two_replicas_start_at_once(terminal: Terminal) -> None:
    """Of two processes that start together, each ends well and each revision runs once (C1)."""
    command = [sys.executable, "-c", REPLICA, terminal.url]
    replicas = [
        subprocess.Popen(
            command,
            cwd=terminal.root,
            env=terminal.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for replica in replicas:
        assert replica.stdout is not None
        assert replica.stdout.readline() == "ready\n"
    ended = [replica.communicate("go\n", timeout=60) for replica in replicas]
    assert [replica.returncode for replica in replicas] == [0, 0], ended
    assert sorted(" ".join(out for out, _ in ended).split()) == sorted([FIRST, HEAD])
    assert [one.id for one in terminal.lab().current()] == [HEAD]


def test_a_failed_migration_raises(at_head: Terminal) -> None:
    """The application must not serve on a half-migrated schema."""
    path = at_head.lab().revision("Fill what is not there").path
    assert path is not None
    path.write_text(
        path.read_text().replace("    pass", "    op.execute('DELETE FROM nowhere')", 1)
    )
    with pytest.raises(MigrationError, match="nowhere"):
        init_db(at_head.url, config=at_head.root)
    assert [one.id for one in at_head.lab().current()] == [HEAD]


def test_create_missing_names_what_no_migration_makes(terminal: Terminal) -> None:
    """For development it creates the other tables of the models, and warns with their names."""
    metadata = sa.MetaData()
    sa.Table("users", metadata, sa.Column("id", sa.Integer, primary_key=True))
    sa.Table("drafts", metadata, sa.Column("id", sa.Integer, primary_key=True))
    with pytest.warns(UserWarning, match="no migration creates: drafts"):
        init_db(terminal.url, config=terminal.root, create_missing=True, metadata=metadata)
    assert set(terminal.lab().tables()["table"]) == {"users", "user_profiles", "drafts"}


def test_create_missing_is_silent_when_nothing_is_missing(terminal: Terminal) -> None:
    """When the migrations make every table of the models, there is nothing to warn of."""
    init_db(terminal.url, config=terminal.root, create_missing=True)
    assert set(terminal.lab().tables()["table"]) == {"users", "user_profiles"}


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_without_a_project_it_says_so(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a folder with no alembic.ini above, the error names the folder."""
    monkeypatch.chdir("/")
    with pytest.raises(SchemaLabError, match=r"No alembic\.ini was found in /"):
        init_db(terminal.url)

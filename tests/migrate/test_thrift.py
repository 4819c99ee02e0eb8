"""A run asks for no more than it needs: one look before, one migration, one look after."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext
from sqlalchemy import event

from schema_lab import Lab
from schema_lab.database.file_cache import Files
from schema_lab.errors import HistoryError
from schema_lab.history import read_again
from tests.support.labs import execute, filled_in

CREATE = 'op.create_table("notes", sa.Column("id", sa.Integer, primary_key=True))'
DROP = 'op.drop_table("notes")'


@pytest.fixture
def connected(lab: Lab) -> Iterator[list[str]]:
    """Note each connection that the lab's engine makes."""
    made: list[str] = []

    def note(connection: Any, record: Any) -> None:
        made.append("connected")

    event.listen(lab.engine, "connect", note)
    yield made
    event.remove(lab.engine, "connect", note)


def test_a_run_connects_twice(lab: Lab, connected: list[str]) -> None:
    """One connection migrates, and a fresh one reads back all that has to be known of it."""
    filled_in(lab, "Add notes", CREATE, DROP)
    connected.clear()
    lab.upgrade()
    assert connected == ["connected"] * 2
    lab.downgrade(accept_loss=True)
    assert connected == ["connected"] * 4


def test_a_run_takes_env_py_once(lab: Lab) -> None:
    """Whatever the database, env.py is run once for an upgrade."""
    filled_in(lab, "Add notes", CREATE, DROP)
    env, counted = lab.root / "alembic" / "env.py", lab.root / "counted"
    env.write_text(
        f"with open({str(counted)!r}, 'a') as file:\n    file.write('.')\n{env.read_text()}"
    )
    lab.upgrade()
    assert counted.read_text() == "."


def test_a_refused_first_upgrade_leaves_no_version_table(lab: Lab) -> None:
    """What is refused before its first statement has not made Alembic's table either."""
    execute(lab, "CREATE TABLE notes (id INTEGER PRIMARY KEY)")
    filled_in(lab, "Add notes", CREATE, DROP)
    with pytest.raises(HistoryError, match="already exists"):
        lab.upgrade()
    assert not sa.inspect(lab.engine).has_table("alembic_version")


def test_what_was_written_is_known_only_while_it_stands(tmp_path: Path) -> None:
    """A file that was changed behind the back of who wrote it is read."""
    files, path = Files(lambda path, content: content.decode()), tmp_path / "a.txt"
    path.write_bytes(b"ours")
    files.put(str(path), b"ours", "known")
    assert files.get(str(path)) == "known"
    path.write_bytes(b"them")
    assert files.get(str(path)) == "them"


def test_a_version_table_that_is_gone_is_read_back_as_base(lab: Lab) -> None:
    """What is read back is what is there, even if that is no table."""
    head = filled_in(lab, "Add notes", CREATE, DROP)
    lab.upgrade()
    with lab.engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert read_again(connection, context).heads == (head,)
        connection.exec_driver_sql("DROP TABLE alembic_version")
        connection.commit()
        assert read_again(connection, context).heads == ()
        assert not connection.in_transaction()

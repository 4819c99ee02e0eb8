"""Between the lab and its server stands a pooler, or the server accepts no writes."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from schema_lab.errors import DatabaseError
from tests.support.pooler import pooled
from tests.support.processes import DOORS
from tests.support.revisions import Walk

POSTGRESQL = pytest.mark.parametrize("dialect", ["postgresql"])
LOCKS = (
    "SELECT COUNT(*) FROM pg_locks WHERE locktype = 'advisory' AND database ="
    " (SELECT oid FROM pg_database WHERE datname = current_database())"
)


@pytest.fixture
def column(walk: Walk) -> Walk:
    """Give a walk whose next revision adds a column."""
    walk.revision("0002", 'op.add_column("counters", sa.Column("label", sa.String(20)))')
    return walk


@POSTGRESQL
@pytest.mark.parametrize("size", [1, 3])
def test_a_pooler_in_transaction_mode_is_refused(column: Walk, tmp_path: Path, size: int) -> None:
    """C1: no way to migrate, restore or copy goes through it, and it is left as it was."""
    with pooled(column.url, tmp_path, "transaction", size) as url:
        before, through = column.dump(), Walk(column.root, url)
        lab = through.lab(wait=2)
        for verb in (lab.upgrade, lab.downgrade, lab.snapshot, lab.rehearse, lab.stamp):
            with pytest.raises(DatabaseError, match=r"pooler in transaction mode.*own port"):
                verb()
        assert column.dump() == before
        assert column.value(LOCKS) == 0
        settings = {str(through.value("SHOW lock_timeout")) for _ in range(4)}
        assert settings == {str(column.value("SHOW lock_timeout"))}


@POSTGRESQL
@pytest.mark.parametrize("door", ["command", "script", "init_db"])
def test_every_door_refuses_a_pooler(column: Walk, tmp_path: Path, door: str) -> None:
    """C1: the command line and an application's start refuse it as well."""
    with pooled(column.url, tmp_path, "transaction") as url:
        outcome = Walk(column.root, url).start(DOORS[door]).end()
    assert outcome.code != 0
    assert "pooler in transaction mode" in outcome.text
    assert column.heads == ("0001",)


@POSTGRESQL
def test_reading_through_a_pooler_works(column: Walk, tmp_path: Path) -> None:
    """C1: what only reads needs no session: no prepared statement is left for another client."""
    with pooled(column.url, tmp_path, "transaction", 2) as url:
        labs = [Walk(column.root, url).lab() for _ in range(2)]
        for _ in range(8):
            for lab in labs:
                assert [revision.id for revision in lab.current()] == ["0001"]
                lab.tables()


@POSTGRESQL
def test_a_pool_in_session_mode_is_used(column: Walk, tmp_path: Path) -> None:
    """C1: there a client keeps its session, and the migration runs."""
    with pooled(column.url, tmp_path, "session") as url:
        assert Walk(column.root, url).lab().upgrade().after == ("0002",)
    assert column.value(LOCKS) == 0


@POSTGRESQL
def test_a_read_only_server_is_refused(column: Walk) -> None:
    """A10: a server that accepts no writes is named before anything runs."""
    url = sa.make_url(column.url)
    options = {"options": "-cdefault_transaction_read_only=on"}
    reading = url.update_query_dict(options).render_as_string(hide_password=False)
    with pytest.raises(DatabaseError, match=r"read-only: it accepts no migration"):
        Walk(column.root, reading).lab().upgrade()
    assert column.heads == ("0001",)

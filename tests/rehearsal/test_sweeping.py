"""What a killed rehearsal leaves is swept by the next call."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import sqlalchemy as sa

from schema_lab.rehearsal.copies.copy import Maker, is_left_over, new_name
from tests.conftest import REPOSITORY
from tests.rehearsal.people import people
from tests.support.servers import server_url

START = f"""
import sys
sys.path.insert(0, {str(REPOSITORY)!r})
from schema_lab import Lab
Lab(sys.argv[1], config=sys.argv[2]).rehearse()
"""
LISTED = {
    "postgresql": "SELECT datname FROM pg_database",
    "mariadb": "SELECT schema_name FROM information_schema.schemata",
}


def copies_of(pid: int, dialect: str) -> list[str]:
    """List the copies of a process: folders, and databases on the server."""
    names = [path.name for path in Path(tempfile.gettempdir()).glob("schema_lab_rehearsal_*")]
    if dialect != "sqlite":
        engine = sa.create_engine(server_url(dialect), poolclass=sa.NullPool)
        with engine.connect() as connection:
            names += connection.exec_driver_sql(LISTED[dialect]).scalars()
    makers = {name: Maker.of(name) for name in names}
    return [name for name, maker in makers.items() if maker is not None and maker.pid == pid]


def test_a_killed_rehearsal_is_swept(tmp_path: Path, database_url: str, dialect: str) -> None:
    """The next rehearsal removes the copy of a process that was killed in the middle of upgrade."""
    walk = people(tmp_path / "walk", database_url, dialect, rows=3)
    walk.revision("0002", "import os; os.kill(os.getpid(), 9)")
    program = [sys.executable, "-c", START, walk.url, str(walk.root)]
    with subprocess.Popen(program, stdout=subprocess.DEVNULL) as killed:
        assert killed.wait(60) == -9
    assert len(copies_of(killed.pid, dialect)) == (2 if dialect == "mariadb" else 1)
    walk.lab().rehearse("-1")
    assert copies_of(killed.pid, dialect) == []


def test_the_copy_of_a_living_process_stays() -> None:
    """A copy is left over when nobody with that number lives who could have made it."""
    mine = new_name()
    another_life = mine.replace(f"_{os.getpid()}_", "_1_")
    nobody = mine.replace(f"_{os.getpid()}_", "_99999999_")
    elsewhere = nobody.replace(mine.split("_")[3], "0" * 8)
    found = [is_left_over(one) for one in (mine, another_life, nobody, elsewhere, "app")]
    assert found == [False, False, True, False, False]


def test_a_number_that_was_given_again_protects_nothing() -> None:
    """A process that began after the copy was made did not make it."""
    made = f"{int(Path('/proc').stat().st_ctime) - 10**6:x}"
    parts = new_name().split("_")
    parts[5] = made
    assert is_left_over("_".join(parts))

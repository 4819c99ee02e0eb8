"""What cannot be restored is refused with a fact and a cure, and nothing is touched."""

import json
import os
import re
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from schema_lab import Lab
from schema_lab.database import exclusive
from schema_lab.database.snapshots import Snapshot, postgresql
from schema_lab.database.snapshots.store import sha256
from schema_lab.errors import DatabaseError, InputError
from schema_lab.scratch import scratch_project
from tests.snapshots import rich
from tests.snapshots.conftest import write_program
from tests.support.dump import schema_dump
from tests.support.servers import needed_server


def cut(path: Path) -> None:
    """Leave the first half of a file."""
    os.truncate(path, path.stat().st_size // 2)


def flip(path: Path) -> None:
    """Change one byte in the middle of a file."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("damage", [cut, flip, Path.unlink])
def test_a_damaged_or_missing_file_is_refused(
    new_database: Callable[[str], str], folder: Path, damage: Callable[[Path], None]
) -> None:
    """I6: the checksum tells a file that is not what was written."""
    lab = Lab(new_database("sqlite"), config=folder)
    rich.make(lab.engine)
    snapshot = lab.snapshot()
    damage(snapshot.path)
    before = schema_dump(lab.engine.url)
    with pytest.raises(DatabaseError, match="The file of the snapshot s1") as caught:
        lab.restore(snapshot)
    assert caught.value.fact.endswith((": No such file or directory.", "contents have changed."))
    assert "lab.snapshots()" in caught.value.cure
    assert schema_dump(lab.engine.url) == before


@pytest.mark.parametrize("damage", [cut, Path.unlink])
def test_what_is_not_whole_is_not_listed(
    new_database: Callable[[str], str], folder: Path, damage: Callable[[Path], None]
) -> None:
    """A snapshot without all of its file does not look like a good one."""
    lab = Lab(new_database("sqlite"), config=folder)
    damage(lab.snapshot().path)
    assert len(lab.snapshots()) == 0


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"file": 1}', "\0"])
def test_an_unreadable_note_is_refused(
    new_database: Callable[[str], str], folder: Path, text: str
) -> None:
    """A JSON file that says nothing useful is named."""
    lab = Lab(new_database("sqlite"), config=folder)
    lab.snapshot().path.with_suffix(".json").write_text(text)
    assert len(lab.snapshots()) == 0
    with pytest.raises(InputError, match=r"What s1\.json says of the snapshot s1"):
        lab.restore("s1")


def test_an_archive_that_breaks_off_leaves_the_database_as_it_was(rich_lab: Lab) -> None:
    """A1: half an archive whose checksum fits is found out before anything is committed."""
    snapshot = rich_lab.snapshot()
    rich.go_on(rich_lab.engine)
    before = schema_dump(rich_lab.engine.url)
    cut(snapshot.path)
    trust(snapshot)
    with pytest.raises(DatabaseError) as caught:
        rich_lab.restore("s1")
    assert caught.value.cure
    assert schema_dump(rich_lab.engine.url) == before


@pytest.mark.mariadb
def test_a_snapshot_of_another_dialect_is_refused(
    new_database: Callable[[str], str], folder: Path
) -> None:
    """Both kinds of database are named, also where any copy would be welcome."""
    names = ("sqlite", "mariadb")
    labs = {name: Lab(new_database(name), config=folder) for name in names}
    for here, there in (names, names[::-1]):
        snapshot = labs[there].snapshot()
        with pytest.raises(InputError, match=f"is of {there}, and this database is {here}"):
            labs[here].restore(snapshot, elsewhere=True)


@pytest.mark.parametrize(
    "dialect", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]
)
def test_a_copy_of_another_database_is_restored_only_when_asked(
    lab: Lab, new_database: Callable[[str], str], folder: Path, dialect: str
) -> None:
    """A snapshot of the staging database does not overwrite production by mistake."""
    rich.make(lab.engine)
    snapshot = lab.snapshot()
    other = Lab(new_database(dialect), config=folder)
    with pytest.raises(InputError, match="is a copy of") as caught:
        other.restore(snapshot)
    assert caught.value.cure.endswith('lab.restore("s1", elsewhere=True).')
    other.restore(snapshot, elsewhere=True)
    assert sorted(schema_dump(other.engine.url).rows.values()) == sorted(
        schema_dump(lab.engine.url).rows.values()
    )


def test_a_moved_project_keeps_its_snapshots(tmp_path: Path) -> None:
    """A SQLite file inside the project is known by its place in it."""
    root = tmp_path / "before"
    root.mkdir()
    scratch_project(root)
    lab = Lab(f"sqlite:///{root / 'lab.db'}", config=root)
    lab.snapshot()
    moved = root.rename(tmp_path / "after")
    assert Lab(f"sqlite:///{moved / 'lab.db'}", config=moved).restore("s1").after == ()


@pytest.mark.parametrize(
    "dialect",
    [
        pytest.param("postgresql", marks=pytest.mark.postgresql),
        pytest.param("mariadb", marks=pytest.mark.mariadb),
    ],
)
def test_neither_copy_runs_beside_a_migration(lab: Lab, folder: Path) -> None:
    """C4: a snapshot and a restore wait for the migration lock, and name its holder."""
    lab.snapshot()
    hurried = Lab(lab.engine.url, config=folder, wait=0.1)
    with lab.engine.connect() as migrating, exclusive(migrating, 1):
        for copy in (hurried.snapshot, lambda: hurried.restore("s1")):
            with pytest.raises(DatabaseError, match=r"Another migration .* \(connection \d+"):
                copy()


@pytest.mark.parametrize("dialect", ["sqlite", pytest.param("mariadb", marks=pytest.mark.mariadb)])
def test_a_full_disk_leaves_nothing_behind(rich_lab: Lab) -> None:
    """A10: no room for the file is an error with a cure, and no half file stays."""
    with largest_file(2048), pytest.raises(DatabaseError) as caught:
        rich_lab.snapshot()
    assert "space" in caught.value.cure
    names = {path.name for path in (rich_lab.root / ".schema_lab" / "snapshots").iterdir()}
    assert names <= {".lock"}


def test_a_folder_that_cannot_be_made_is_named(
    new_database: Callable[[str], str], folder: Path
) -> None:
    """A10: a file where the folder should be."""
    (folder / ".schema_lab").write_text("in the way")
    with pytest.raises(
        DatabaseError, match=r"could not be written: (File exists|Not a directory)\."
    ):
        Lab(new_database("sqlite"), config=folder).snapshot()


MISSING = [
    ("postgresql", "", "pg_dump, pg_restore and psql are not installed"),
    ("postgresql", "pg_dump (PostgreSQL) 9.6.24", "version 9, older than the server's"),
    ("mariadb", "", "mariadb-dump is not installed"),
    ("mariadb", "x from 5.5.68-MariaDB", r"version 5\.5, older than the server's"),
    ("mariadb", "mysqldump  Ver 8.0.36 for Linux", "is not MariaDB's"),
]


@pytest.mark.postgresql
@pytest.mark.mariadb
@pytest.mark.parametrize(("server", "said", "fact"), MISSING)
def test_a_missing_or_wrong_tool_is_said_with_the_cure(
    folder: Path, monkeypatch: pytest.MonkeyPatch, server: str, said: str, fact: str
) -> None:
    """The sentence names what to install, and no file is left."""
    programs = folder / "programs"
    for name in ("pg_dump", "pg_restore", "psql", "mariadb-dump", "mariadb") if said else ():
        write_program(programs / name, f"echo '{said}'")
    monkeypatch.setenv("PATH", str(programs))
    monkeypatch.setattr(postgresql, "USUAL_FOLDERS", ())
    monkeypatch.setattr(postgresql, "EMBEDDED", "no_such_module")
    own = {"postgresql": "postgres", "mariadb": "mysql"}[server]
    lab = Lab(needed_server(server).set(database=own), config=folder)
    with pytest.raises(DatabaseError, match=fact) as caught:
        lab.snapshot()
    assert re.match(r"Install .* or newer.*, then try again\.", caught.value.cure)
    assert len(lab.snapshots()) == 0


def trust(snapshot: Snapshot) -> None:
    """Write the checksum of a changed file beside it."""
    note = snapshot.path.with_suffix(".json")
    size = snapshot.path.stat().st_size
    facts = json.loads(note.read_text()) | {"sha256": sha256(snapshot.path), "size": size}
    note.write_text(json.dumps(facts))


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """Let the system refuse to write files beyond a size, as a full disk does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_a_folder_that_others_may_read_is_closed_again(lab: Lab) -> None:
    """A snapshot closes a folder of snapshots that was opened to others, and the files in it."""
    first = lab.snapshot().path
    folder = first.parent
    folder.chmod(0o755)
    first.chmod(0o644)
    lab.snapshot()
    assert [path.stat().st_mode & 0o077 for path in (folder, *folder.iterdir())] == [0] * 6

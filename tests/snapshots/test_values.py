"""What a snapshot says of itself, and how snapshots are listed."""

import json
import stat
from datetime import UTC, timedelta
from pathlib import Path

import pytest

from schema_lab import Lab
from schema_lab.errors import InputError
from tests.snapshots.conftest import write_revision

CREATE = 'op.execute("CREATE TABLE t (id INTEGER)")'


@pytest.fixture
def dialect() -> str:
    """Run these tests on SQLite: what they say holds for every dialect alike."""
    return "sqlite"


def test_a_snapshot_names_the_heads_of_its_moment(lab: Lab) -> None:
    """The heads are those at which the database stood when it was copied."""
    write_revision(lab.root, "0001", CREATE)
    before = lab.snapshot()
    lab.upgrade()
    assert (before.heads, lab.snapshot().heads) == ((), ("0001",))


def test_a_snapshot_says_its_facts(lab: Lab) -> None:
    """Dialect, size in bytes, label and an aware time are its fields."""
    snapshot = lab.snapshot("before lunch")
    assert (snapshot.id, snapshot.dialect, snapshot.label) == ("s1", "sqlite", "before lunch")
    assert snapshot.size == snapshot.path.stat().st_size > 0
    assert (snapshot.created.tzinfo, snapshot.created.microsecond) == (UTC, 0)
    assert timedelta(0) <= snapshot.age < timedelta(minutes=1)


def test_a_snapshot_is_a_value(lab: Lab) -> None:
    """Neither a snapshot nor a list of snapshots can be changed, so what is shown stays true."""
    lab.snapshot()
    for value, name in ((lab.snapshots()[0], "heads"), (lab.snapshots(), "snapshots")):
        with pytest.raises(AttributeError):
            setattr(value, name, ())


def test_a_snapshot_reads_in_one_line_without_its_path(lab: Lab) -> None:
    """The representation is the same on every machine."""
    snapshot = lab.snapshot("before lunch")
    assert repr(snapshot) == "snapshot s1 at base (sqlite, 4.1 kB, just now): before lunch"


def test_a_label_is_escaped_where_it_is_shown(lab: Lab) -> None:
    """A label with markup and control characters shows as what it is."""
    snapshot = lab.snapshot("<b>\x1b[2J")
    for value in (snapshot, lab.snapshots()):
        assert "<b>" not in value._repr_html_()
        assert "&lt;b&gt;" in value._repr_html_()
        assert "\x1b" not in repr(value)


def test_snapshots_are_listed_newest_first(lab: Lab) -> None:
    """Also those that were taken within one second."""
    taken = [lab.snapshot(word) for word in ("one", "two", "three")]
    assert list(lab.snapshots()) == taken[::-1]
    assert repr(lab.snapshots()).splitlines()[1].split() == [
        "s3",
        "base",
        "4.1",
        "kB",
        "just",
        "now",
        "three",
    ]


def test_no_snapshot_is_said_in_words(lab: Lab) -> None:
    """An empty list shows no empty table."""
    assert repr(lab.snapshots()) == "No snapshots yet."
    assert "No snapshots yet." in lab.snapshots()._repr_html_()


def test_snapshots_are_a_dataframe(lab: Lab) -> None:
    """The frame has a time, an age, a size in bytes and the heads, in plain types."""
    snapshot = lab.snapshot("x")
    frame = lab.snapshots().frame
    assert list(frame.columns) == ["id", "label", "created", "age", "bytes", "heads"]
    assert str(frame.dtypes["created"]) == "datetime64[us, UTC]"
    assert frame.loc[0, "bytes"] == snapshot.size


def test_an_empty_list_is_a_dataframe_of_the_same_types(lab: Lab) -> None:
    """Code that reads the frame needs no special case."""
    empty = lab.snapshots().frame
    lab.snapshot()
    assert list(empty.dtypes) == list(lab.snapshots().frame.dtypes)


def test_what_was_taken_is_found_by_another_lab(lab: Lab, folder: Path) -> None:
    """Snapshots belong to the project, not to the notebook that took them."""
    snapshot = lab.snapshot("x")
    assert lab.snapshots()[0] == snapshot
    assert Lab(lab.engine.url, config=folder).snapshots()[0] == snapshot


def test_the_files_are_private_to_the_user(lab: Lab) -> None:
    """Nobody else reads the rows that a snapshot holds."""
    folder = lab.snapshot().path.parent
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.glob("s*")}
    assert modes == {"s1.db": 0o600, "s1.json": 0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_git_leaves_the_folder_alone(lab: Lab) -> None:
    """The folder ignores itself, in projects whose .gitignore does not know it too."""
    lab.snapshot()
    assert (lab.root / ".schema_lab" / ".gitignore").read_text() == "*\n"


def test_an_id_is_not_given_twice(lab: Lab) -> None:
    """An id whose JSON file is gone is not reused while its data lies there."""
    (lab.snapshot().path.parent / "s1.json").unlink()
    assert lab.snapshot().id == "s2"


@pytest.mark.parametrize("name", ["s9", "../s1", "", "s1.json", "/etc/passwd"])
def test_an_unknown_id_is_refused(lab: Lab, name: str) -> None:
    """I2: an id that is a path names no snapshot."""
    lab.snapshot()
    with pytest.raises(InputError, match="There is no snapshot") as caught:
        lab.restore(name)
    assert caught.value.cure == "`lab.snapshots()` lists all snapshots."


def test_the_data_file_never_lies_elsewhere(lab: Lab) -> None:
    """I2: a JSON file that names a path outside means a file beside it."""
    snapshot = lab.snapshot()
    note = snapshot.path.with_suffix(".json")
    note.write_text(json.dumps(json.loads(note.read_text()) | {"file": "../../../s1.db"}))
    assert lab.snapshots()[0].path == snapshot.path


def test_large_copies_show_a_bar(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    """A copy of more than 5 MB shows how far it is."""
    with lab.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE t AS SELECT zeroblob(6000000) AS b")
    lab.restore(lab.snapshot())
    shown = capsys.readouterr().err
    assert "snapshot: 100%" in shown
    assert "restore: 100%" in shown


def test_small_copies_are_silent(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    """A stored notebook output holds no bar that differs from run to run."""
    lab.restore(lab.snapshot())
    assert capsys.readouterr() == ("", "")

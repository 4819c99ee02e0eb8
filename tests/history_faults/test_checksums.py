"""H6, H7: the file of an applied revision was edited or deleted."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from schema_lab import Lab, init_db
from schema_lab.database.connections.engines import engine_for
from schema_lab.history.checksums import SWITCH, ChecksumFile, Checksums, identity
from tests.history_faults.damage import FIRST, SECOND, Place, alembic, errors
from tests.support.servers import server_url

ON_SQLITE = pytest.mark.parametrize("dialect", ["sqlite"])
EDIT = "\n# a word more\n"


def edit(place: Place, revision: str) -> None:
    """Add a comment to a revision's file."""
    with place.file(revision).open("a", encoding="utf-8") as file:
        file.write(EDIT)


def saved(place: Place) -> Path:
    """Give the one file in which the checksums are."""
    (file,) = (place.project / ".schema_lab" / "checksums").glob("*.json")
    return file


def edited(place: Place) -> list[str]:
    """List the revisions that the history calls edited."""
    return [one.id for one in place.lab.history() if one.edited]


def test_a_healthy_history_has_no_edit(place: Place) -> None:
    """H6: after an upgrade nothing is edited, and the status has no problem."""
    assert edited(place) == []
    assert place.lab.status().problem == ""


def test_an_edited_revision_is_told_apart(place: Place) -> None:
    """H6: history and status name the file that was edited after it was applied."""
    edit(place, FIRST)
    assert edited(place) == [FIRST]
    assert "applied, edited" in repr(place.lab.history())
    problem = place.lab.status().problem
    assert f"{FIRST} ({place.file(FIRST).name}, applied " in problem
    assert 'lab.stamp("' in problem


def test_an_edited_revision_can_be_taken_back_with_a_note(place: Place) -> None:
    """H6: a downgrade through an edited file runs, for people mend downgrades, and says so."""
    edit(place, SECOND)
    run = place.lab.downgrade("-1")
    assert run.after == (FIRST,)
    assert place.file(SECOND).name in run.notes[0]
    assert run.notes[0] in repr(run)
    assert place.lab.upgrade().notes == ()


@ON_SQLITE
class TestTheFile:
    """What counts as an edit."""

    def test_other_line_ends_are_no_edit(self, place: Place) -> None:
        """H6: a checkout on Windows changes line ends and nothing else."""
        content = place.file(FIRST).read_bytes()
        place.file(FIRST).write_bytes(content.replace(b"\n", b"\r\n"))
        assert edited(place) == []

    def test_a_file_brought_back_is_healthy(self, place: Place) -> None:
        """H6: the first cure: version control gives the file back."""
        content = place.file(FIRST).read_bytes()
        edit(place, FIRST)
        place.file(FIRST).write_bytes(content)
        assert edited(place) == []

    def test_a_stamp_accepts_the_edit(self, place: Place) -> None:
        """H6: the second cure: a stamp of where the database stands, and it says what it took."""
        edit(place, FIRST)
        run = place.lab.stamp(SECOND)
        assert run.notes == (f"Accepted in their current form: {place.file(FIRST).name}.",)
        assert edited(place) == []

    def test_an_edit_before_the_upgrade_is_none(self, place: Place) -> None:
        """H6: what is not applied may be edited; what was taken back is forgotten."""
        place.lab.downgrade("base")
        edit(place, FIRST)
        assert edited(place) == []
        assert json.loads(saved(place).read_text())["revisions"] == {}
        place.lab.upgrade()
        assert edited(place) == []


@ON_SQLITE
@pytest.mark.parametrize("door", ["init_db", "alembic"])
def test_every_door_keeps_checksums(project: Path, database_url: str, door: str) -> None:
    """H6: an application's start-up and plain Alembic keep them as the lab does."""
    place = Place(project, database_url)
    if door == "init_db":
        init_db(place.url, config=place.project)
    else:
        assert alembic(place, "upgrade", "head") == ""
    edit(place, SECOND)
    assert edited(place) == [SECOND]


@ON_SQLITE
def test_plain_alembic_forgets_and_accepts(place: Place) -> None:
    """H6: `alembic downgrade` and `alembic stamp` count as those of the lab."""
    edit(place, FIRST)
    alembic(place, "downgrade", "-1")
    assert json.loads(saved(place).read_text())["revisions"].keys() == {FIRST}
    assert edited(place) == [FIRST]
    alembic(place, "stamp", FIRST)
    assert edited(place) == []


def test_a_failed_upgrade_keeps_what_stands(place: Place) -> None:
    """H6: a revision that stands is known though the next one failed; one rolled back is not."""
    place.lab.downgrade("base")
    place.write("0003", SECOND, upgrade='op.execute("nonsense")')
    assert errors(place.lab, "upgrade").keys() == {"upgrade"}
    known = json.loads(saved(place).read_text())["revisions"]
    assert set(known) == {one.id for one in place.lab.history() if one.applied}


@ON_SQLITE
def test_a_database_met_late_is_known_from_then_on(place: Place) -> None:
    """H6: a fresh clone knows no former state, and notices edits from its first run on."""
    saved(place).unlink()
    edit(place, FIRST)
    assert edited(place) == []
    place.lab.upgrade()
    edit(place, SECOND)
    assert edited(place) == [SECOND]
    assert "found applied" in place.lab.status().problem


def test_a_deleted_revision_is_remembered(place: Place) -> None:
    """H7: the error says which revision, which file it was, and when it was applied."""
    name = place.file(SECOND).name
    place.file(SECOND).unlink()
    before = place.dump()
    verbs = ("history", "current", "heads", "autogenerate", "upgrade", "downgrade")
    said = errors(place.lab, "status", "drift", *verbs)
    assert said.keys() == set(verbs)
    assert all(f"at {SECOND}, but no revision file" in one for one in said.values())
    assert all(f"it was {name}, applied " in one for one in said.values())
    assert all("version control" in one and "lab.stamp(" in one for one in said.values())
    assert place.dump() == before


@ON_SQLITE
def test_a_deleted_revision_below_is_remembered(place: Place) -> None:
    """H7: so is one that another file follows."""
    name = place.file(FIRST).name
    place.file(FIRST).unlink()
    (said,) = errors(place.lab, "upgrade").values()
    assert f"follows revision {FIRST}, but no file has that id; it was {name}, applied " in said


@ON_SQLITE
def test_a_stamp_forgets_a_deleted_revision(place: Place) -> None:
    """H7: the cure: the person says where the database stands."""
    place.file(SECOND).unlink()
    place.lab.stamp(FIRST)
    assert place.lab.status().problem == ""
    assert json.loads(saved(place).read_text())["revisions"].keys() == {FIRST}


@ON_SQLITE
@pytest.mark.parametrize("switch", ["environment", "ini"])
def test_checksums_can_be_switched_off(
    project: Path, database_url: str, switch: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """H6: nothing is written and nothing is called edited."""
    place = Place(project, database_url)
    if switch == "environment":
        monkeypatch.setenv(SWITCH, "off")
    else:
        with (project / "alembic.ini").open("a", encoding="utf-8") as ini:
            ini.write("\n[schema_lab]\nchecksums = off\n")
    place.lab.upgrade()
    edit(place, FIRST)
    assert edited(place) == []
    assert not (project / ".schema_lab").exists()


@ON_SQLITE
@pytest.mark.parametrize("content", ["", "nonsense", "[]", '{"birth": "", "revisions": {"a": 1}}'])
def test_a_broken_file_stops_nothing(place: Place, content: str) -> None:
    """H6: the status says that the file cannot be read; the next run begins it anew."""
    saved(place).write_text(content)
    assert "cannot be read" in place.lab.status().problem
    assert place.lab.downgrade("-1").after == (FIRST,)
    assert place.lab.status().problem == ""


@ON_SQLITE
def test_a_folder_that_cannot_be_written_stops_nothing(project: Path, database_url: str) -> None:
    """H6: the migration runs, its notes and the status say that no checksum was kept."""
    (project / ".schema_lab").write_text("in the way")
    lab = Lab(database_url, config=project)
    run = lab.upgrade()
    assert run.after == (SECOND,)
    assert "were not saved" in run.notes[0]
    assert "cannot be saved" in lab.status().problem


@ON_SQLITE
def test_checksums_stay_out_of_version_control(place: Place) -> None:
    """H6: the folder ignores itself, whatever the project's own .gitignore says."""
    assert (place.project / ".schema_lab" / ".gitignore").read_text() == "*\n"


@pytest.mark.parametrize("dialect", ["postgresql"])
def test_no_secret_is_written(project: Path, database_url: str) -> None:
    """I5: the file names the database without user and password."""
    url = sa.make_url(database_url).set(password="s3cret-word")
    place = Place(project, url.render_as_string(hide_password=False))
    place.lab.upgrade()
    text = saved(place).read_text()
    assert "s3cret-word" not in text
    assert str(url.database) in text


def make_anew(place: Place, dialect: str) -> None:
    """Give the place's URL a new, empty database."""
    url = sa.make_url(place.url)
    if dialect == "sqlite":
        Path(str(url.database)).rename(f"{url.database}.former")
        return
    time.sleep(1.1 if dialect == "mariadb" else 0)  # its tables know their birth to the second
    engine = sa.create_engine(server_url(dialect), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {url.database}")
        connection.exec_driver_sql(f"CREATE DATABASE {url.database}")
    engine.dispose()


def test_a_database_made_anew_is_another(
    place: Place, dialect: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """H6: what was known of a former database of the same name does not count."""
    edit(place, FIRST)
    make_anew(place, dialect)
    with monkeypatch.context() as patch:  # as another tool upgrades it
        patch.setenv(SWITCH, "off")
        place.lab.upgrade()
    assert edited(place) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("postgresql://ann:x@localhost/app", "postgresql+psycopg://bob:y@127.0.0.1:5432/app"),
        ("mysql://root@[::1]/app", "mariadb+pymysql://root@localhost:3306/app?charset=utf8mb4"),
        ("sqlite:////tmp/a/../lab.db", "sqlite:////tmp/lab.db"),
    ],
)
def test_spellings_of_one_database_are_one(one: str, other: str) -> None:
    """H6: user, password, driver, default port and loopback name do not tell databases apart."""
    assert identity(sa.make_url(one)) == identity(sa.make_url(other))


def test_databases_of_different_names_are_two() -> None:
    """H6: dialect, host, port and name do."""
    urls = [
        "postgresql://localhost/app",
        "postgresql://localhost/application",
        "postgresql://localhost:5433/app",
        "postgresql://db.example/app",
        "mysql://localhost/app",
    ]
    assert len({identity(sa.make_url(url)) for url in urls}) == len(urls)


WRITER = """
import sys
from pathlib import Path
from schema_lab.history.checksums import ChecksumFile
from schema_lab.history.checksums import Applied, Checksums

file = ChecksumFile(Path(sys.argv[1]), "a database")
for number in range(10):
    with file.alone():
        known = dict(file.read().applied)
        known[f"{sys.argv[2]}-{number}"] = Applied("c", "f", "t")
        file.write(Checksums(known), "")
"""


def test_writers_at_the_same_time_lose_nothing(tmp_path: Path) -> None:
    """H6: three processes add ten revisions each to one file; a reader never meets half of it."""
    path = tmp_path / ".schema_lab" / "checksums" / "x.json"
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(path), str(one)]) for one in range(3)
    ]
    file, problems = ChecksumFile(path, "a database"), set()
    while any(one.poll() is None for one in writers):
        problems.add(file.read().problem)
        time.sleep(0.005)
    assert [one.returncode for one in writers] == [0] * 3
    assert problems == {""}
    assert len(file.read().applied) == 30


def test_an_unknown_revision_is_no_edit(tmp_path: Path) -> None:
    """H6: where nothing is known, nothing is claimed."""
    file = tmp_path / "0001_x.py"
    file.write_text("pass")
    assert not Checksums().edited("0001", file)
    assert Checksums().words("0001") == ""


@ON_SQLITE
def test_the_database_itself_is_not_changed(place: Place) -> None:
    """H6: no user's schema holds anything of it."""
    names = sa.inspect(engine_for(sa.make_url(place.url))).get_table_names()
    assert sorted(names) == ["alembic_version", "user_profiles", "users"]

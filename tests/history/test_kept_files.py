"""What is kept of revision files, and what makes a project read them again."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from schema_lab.database.file_cache import Files
from schema_lab.history import Project

INI = "[alembic]\nscript_location = %(here)s/scripts\n"
REVISION = '"""{says}"""\nrevision = "{name}"\ndown_revision = {parent!r}\n'


def project(root: Path) -> Project:
    """Lay out a project with two revisions."""
    (root / "scripts" / "versions").mkdir(parents=True)
    (root / "alembic.ini").write_text(INI, encoding="utf-8")
    written(root, "0001", None)
    written(root, "0002", "0001")
    return Project.at(root)


def written(root: Path, name: str, parent: str | None, says: str = "first") -> Path:
    """Write a revision file; texts of one length make files of one size."""
    path = root / "scripts" / "versions" / f"{name}.py"
    path.write_text(REVISION.format(name=name, parent=parent, says=says), encoding="utf-8")
    return path


def said(one: Project) -> dict[str, str]:
    """Give the revisions that the project has now, with their words."""
    return {script.revision: script.doc for script in one.scripts().walk_revisions()}


def test_a_directory_that_stays_is_the_same_object(tmp_path: Path) -> None:
    """Nothing is read twice while nothing changes."""
    one = project(tmp_path)
    assert one.scripts() is one.scripts()


def test_an_edit_of_the_same_size_and_time_is_read(tmp_path: Path) -> None:
    """An edit that leaves size and modification time as they were shows at once."""
    one = project(tmp_path)
    path = written(tmp_path, "0002", "0001")
    before = path.stat()
    assert said(one)["0002"] == "first"
    written(tmp_path, "0002", "0001", "third")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (path.stat().st_size, path.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    assert said(one)["0002"] == "third"


def _added(root: Path) -> None:
    written(root, "0003", "0002")


def _deleted(root: Path) -> None:
    (root / "scripts" / "versions" / "0002.py").unlink()


def _replaced(root: Path) -> None:
    shutil.rmtree(root / "scripts" / "versions")
    (root / "scripts" / "versions").mkdir()
    written(root, "0009", None)


@pytest.mark.parametrize(
    ("change", "left"),
    [
        (_added, {"0001", "0002", "0003"}),
        (_deleted, {"0001"}),
        (_replaced, {"0009"}),
    ],
)
def test_files_that_come_and_go_are_seen(
    tmp_path: Path, change: Callable[[Path], None], left: set[str]
) -> None:
    """A file more, a file less, and a folder in the place of another each count at once."""
    one = project(tmp_path)
    assert said(one).keys() == {"0001", "0002"}
    change(tmp_path)
    assert said(one).keys() == left


def test_a_renamed_file_is_found_under_its_new_name(tmp_path: Path) -> None:
    """A revision keeps its id and is read from where its file is now."""
    one = project(tmp_path)
    old = Path(one.scripts().get_revision("0002").path)
    new = old.rename(old.with_name("0002_users.py"))
    assert Path(one.scripts().get_revision("0002").path) == new


def test_two_projects_keep_apart(tmp_path: Path) -> None:
    """An edit in one project leaves the other's script directory as it is."""
    one, other = project(tmp_path / "one"), project(tmp_path / "other")
    kept = other.scripts()
    written(tmp_path / "one", "0003", "0002")
    assert said(one).keys() == {"0001", "0002", "0003"}
    assert other.scripts() is kept


def test_another_script_location_is_taken(tmp_path: Path) -> None:
    """An ini file that names another folder is read again."""
    one = project(tmp_path)
    assert len(said(one)) == 2
    (tmp_path / "scripts").rename(tmp_path / "moved")
    ini = INI.replace("scripts", "moved").replace("moved_location", "script_location")
    (tmp_path / "alembic.ini").write_text(ini, encoding="utf-8")
    assert len(said(one)) == 2
    assert Path(one.scripts().dir) == tmp_path / "moved"


def test_what_fails_is_not_remembered(tmp_path: Path) -> None:
    """A file whose content cannot be used is tried again, and an older answer is let go."""
    numbers = Files(lambda path, content: int(content))
    path = tmp_path / "number"
    path.write_text("1", encoding="utf-8")
    assert numbers.get(str(path)) == 1
    path.write_text("x", encoding="utf-8")
    for _ in range(2):
        with pytest.raises(ValueError, match="invalid literal"):
            numbers.get(str(path))

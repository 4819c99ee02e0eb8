"""Which project and which database a lab works on."""

import shutil
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from schema_lab import Lab
from schema_lab.errors import DatabaseError, HistoryError
from schema_lab.history import Project
from schema_lab.scratch import scratch_project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Lay an Alembic project with no revision into a folder whose name needs care."""
    folder = tmp_path / "a projéct with spaces"
    folder.mkdir()
    return scratch_project(folder)


def test_the_nearest_ini_above_is_taken(project: Project) -> None:
    """From any folder below, the project is the one whose alembic.ini is nearest."""
    deep = project.root / "alembic" / "versions"
    assert Project.above(deep) == project
    assert Project.above(project.root) == project


def test_a_project_is_named_by_ini_or_folder(project: Project) -> None:
    """`config=` takes the file or the folder that holds it."""
    assert Project.at(project.ini) == Project.at(project.root) == Project.at(str(project.ini))


def test_without_an_ini_the_error_says_where_it_looked(tmp_path: Path) -> None:
    """A folder with no project is an error that names the folder and a way out."""
    with pytest.raises(HistoryError, match=str(tmp_path)) as caught:
        Project.at(tmp_path)
    assert "Lab.scratch()" in caught.value.cure


def test_scripts_are_found_from_any_working_directory(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The script directory is the project's, wherever the notebook runs."""
    monkeypatch.chdir("/")
    assert Path(project.scripts().dir) == project.root / "alembic"


def test_a_relative_script_location_starts_at_the_ini(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`script_location = alembic` is a folder beside the ini file."""
    project.ini.write_text("[alembic]\nscript_location = alembic\npath_separator = os\n")
    monkeypatch.chdir("/")
    assert Path(project.scripts().dir) == project.root / "alembic"


BROKEN = {
    "no location": "[alembic]\npath_separator = os\n",
    "no section": "",
    "no such folder": "[alembic]\nscript_location = %(here)s/nowhere\npath_separator = os\n",
    "half a percent": "[alembic]\nscript_location = 100%\n",
    "not an ini": "script_location = alembic\n",
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_ini_is_said(project: Project, name: str) -> None:
    """An alembic.ini that cannot be used is the lab's error, with a cure."""
    project.ini.write_text(BROKEN[name])
    with pytest.raises(HistoryError) as caught:
        Lab(config=project.ini)
    assert caught.value.cure


def test_scripts_that_vanish_are_said(project: Project) -> None:
    """When the script directory is gone while a lab is open, the lab's error names it."""
    lab = Lab(config=project.ini)
    shutil.rmtree(project.root / "alembic")
    for gone in (lab.history, lab.upgrade, lab.drift):
        with pytest.raises(HistoryError, match="alembic"):
            gone()


def test_the_url_given_comes_first(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A URL in the call counts more than DATABASE_URL."""
    monkeypatch.setenv("DATABASE_URL", "sqlite:///environment.db")
    assert project.url("sqlite:///given.db").database == str(project.root / "given.db")
    assert project.url().database == str(project.root / "environment.db")


def test_the_inis_url_comes_before_the_embedded_file(project: Project) -> None:
    """Without DATABASE_URL the ini file's sqlalchemy.url counts, with its doubled percents."""
    assert project.url().database == str(project.root / "schema_lab.db")
    with project.ini.open("a") as ini:
        ini.write("sqlalchemy.url = postgresql://ann:p%%40ss@localhost/app\n")
    url = project.url()
    assert (url.drivername, url.password) == ("postgresql+psycopg", "p@ss")


def test_alembics_placeholder_is_no_url(project: Project) -> None:
    """What `alembic init` writes as an example does not count."""
    with project.ini.open("a") as ini:
        ini.write("sqlalchemy.url = driver://user:pass@localhost/dbname\n")
    assert project.url().get_backend_name() == "sqlite"


def test_a_password_with_every_sign_reaches_env_py(project: Project) -> None:
    """`%`, `@`, `:` and `/` in a password arrive in Alembic's configuration as they were."""
    url = sa.make_url("postgresql+psycopg://ann@localhost/app").set(password="p%40@:/ %(x)s")
    written = project.config(url).get_main_option("sqlalchemy.url")
    assert written is not None
    assert sa.make_url(written).password == "p%40@:/ %(x)s"


def test_a_broken_url_in_the_environment_is_said(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DATABASE_URL that is no URL is the lab's error, without the password in it."""
    monkeypatch.setenv("DATABASE_URL", "nonsense://ann:s3cret@db/app")
    with pytest.raises(DatabaseError) as caught:
        project.url()
    assert "s3cret" not in str(caught.value)


def test_loading_scripts_adds_the_root_once(project: Project) -> None:
    """The project's root is on sys.path for its models, and not once for each call."""
    before = list(sys.path)
    for _ in range(3):
        project.scripts()
    assert sys.path.count(str(project.root)) == 1
    sys.path[:] = before

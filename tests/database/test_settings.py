"""database_url: the environment, then .env, then the fallback, then the embedded file."""

from pathlib import Path

import pytest

from schema_lab.database.settings import database_url
from schema_lab.errors import DatabaseError


def write_env(root: Path, content: bytes) -> None:
    """Write the file .env of a project."""
    (root / ".env").write_bytes(content)


def test_without_settings_the_embedded_file_is_used(tmp_path: Path) -> None:
    """A bare clone works on schema_lab.db in the project."""
    url = database_url(tmp_path)
    assert (url.drivername, url.database) == ("sqlite", str(tmp_path / "schema_lab.db"))


def test_the_environment_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """DATABASE_URL of the environment wins over .env."""
    write_env(tmp_path, b"DATABASE_URL=mysql://file/d\n")
    monkeypatch.setenv("DATABASE_URL", "postgres://environment/d")
    assert database_url(tmp_path).host == "environment"


def test_the_file_comes_second(tmp_path: Path) -> None:
    """DATABASE_URL of .env wins over what alembic.ini names."""
    write_env(tmp_path, b"OTHER=1\nDATABASE_URL=mysql://file/d\n")
    assert database_url(tmp_path, fallback="mysql://ini/d").host == "file"


def test_the_fallback_comes_third(tmp_path: Path) -> None:
    """What alembic.ini names wins over the embedded file."""
    assert database_url(tmp_path, fallback="mysql://ini/d").host == "ini"


@pytest.mark.parametrize(
    "content", [b"DATABASE_URL=\n", b"DATABASE_URL\n", b'DATABASE_URL=""', b""]
)
def test_an_empty_setting_counts_as_unset(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    """An empty DATABASE_URL, in the environment or the file, leads to the embedded file."""
    write_env(tmp_path, content)
    monkeypatch.setenv("DATABASE_URL", "")
    assert database_url(tmp_path).database == str(tmp_path / "schema_lab.db")


def test_an_empty_environment_lets_the_file_speak(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """docker-compose passes an unset variable on as an empty one."""
    write_env(tmp_path, b"DATABASE_URL=mysql://file/d\n")
    monkeypatch.setenv("DATABASE_URL", "")
    assert database_url(tmp_path).host == "file"


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbfDATABASE_URL=mysql://file/d\r\n",
        b"export DATABASE_URL=mysql://file/d # the lab's own\n",
        b"DATABASE_URL='mysql://file/d'\n",
        b'# first\n\nDATABASE_URL="mysql://file/d"\n',
    ],
)
def test_common_forms_of_the_file_are_read(tmp_path: Path, content: bytes) -> None:
    """A byte order mark, export, quotes and comments are understood."""
    write_env(tmp_path, content)
    assert database_url(tmp_path).host == "file"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"DATABASE_URL postgres://u:s3cret@h/d\n", "line 1 is not a setting"),
        (b"A=1\nDATABASE_URL: postgres://u:s3cret@h/d\n", "line 2 is not a setting"),
        (b'DATABASE_URL="postgres://u:s3cret@h/d\n', "line 1 is not a setting"),
        (b"DATABASE_URL=postgres://u:s3cret\xff@h/d\n", "not UTF-8"),
    ],
)
def test_a_bad_file_is_refused(tmp_path: Path, content: bytes, problem: str) -> None:
    """A line that cannot be read is an error, not silently another database; I5."""
    write_env(tmp_path, content)
    with pytest.raises(DatabaseError, match=problem) as caught:
        database_url(tmp_path)
    assert str(tmp_path / ".env") in caught.value.fact
    assert "s3cret" not in str(caught.value)
    assert caught.value.__context__ is None


@pytest.mark.parametrize("place", ["environment", "file"])
def test_relative_paths_start_at_the_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """A notebook in a subfolder opens the project's database."""
    if place == "file":
        write_env(tmp_path, b"DATABASE_URL=sqlite:///x.db\n")
    else:
        monkeypatch.setenv("DATABASE_URL", "sqlite:///x.db")
    (tmp_path / "notebooks").mkdir()
    monkeypatch.chdir(tmp_path / "notebooks")
    assert database_url(tmp_path).database == str(tmp_path / "x.db")


def test_a_bad_url_in_the_environment_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """I5: the error on a bad setting shows the masked URL."""
    monkeypatch.setenv("DATABASE_URL", "oracle://u:s3cret@h/d")
    with pytest.raises(DatabaseError, match=r"oracle://u:\*\*\*@h/d"):
        database_url(tmp_path)

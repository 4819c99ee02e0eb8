"""No file of the repository holds a password: notebooks, their outputs, documents, settings."""

import re
import subprocess
from pathlib import Path

import pytest

from schema_lab.database.urls import MASK

REPOSITORY = Path(__file__).parents[1]
KINDS = (".ipynb", ".md", ".ini", ".cfg", ".toml", ".yml", ".yaml", ".html", ".svg", ".example")
HARMLESS = {MASK, "password", "secret", "development", "…", "..."}
"""What stands for a password, or is that of the development database in docker-compose.yml."""

IN_URL = re.compile(r"[a-z][a-z0-9+]*://[^\s:/@\"'<>`]*:([^\s@/\"'<>`]+)@")
IN_QUERY = re.compile(r"[?&](?:ssl)?(?:password|passwd|pwd|token)=([^\s&\"'<>`\\]+)", re.IGNORECASE)
IN_VARIABLE = re.compile(r"\b(?:PGPASSWORD|MYSQL_PWD|[A-Z_]*SECRET[A-Z_]*)=([^\s\"'`\\$]+)")
IN_SQL = re.compile(r"(?:IDENTIFIED BY|PASSWORD) '([^']+)'", re.IGNORECASE)
KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")


def passwords_in(text: str) -> list[str]:
    """List what looks like a password, except what is known to be none."""
    found = [one for p in (IN_URL, IN_QUERY, IN_VARIABLE, IN_SQL) for one in p.findall(text)]
    real = [one for one in found if one.strip("\\") not in HARMLESS and not is_variable(one)]
    return real + KEY.findall(text)


def is_variable(text: str) -> bool:
    """Say whether a text only names where the password is, such as ${DB_PASSWORD}."""
    return text.startswith(("$", "{", "%"))


def files() -> list[Path]:
    """List the files that a person reads or runs, as git has them or would take them."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    return [REPOSITORY / name for name in listed if name.endswith(KINDS)]


def test_no_file_holds_a_password() -> None:
    """I5: notebooks with their outputs and metadata, documents and settings hold none."""
    found = {
        path.name: passwords
        for path in files()
        if path.is_file() and (passwords := passwords_in(path.read_text(encoding="utf-8")))
    }
    assert found == {}


def test_the_notebooks_are_among_the_files() -> None:
    """I5: the test looks at what it should."""
    names = {path.name for path in files()}
    assert {"00_start_here.ipynb", "alembic.ini", "README.md"} <= names


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://ann:s3cret@db.example/app",
        "mysql+pymysql://ann:p%40ss@127.0.0.1/app",
        "sqlite:///x.db?password=hunter2",
        "export PGPASSWORD=hunter2",
        "CREATE USER ann IDENTIFIED BY 'hunter2'",
        "-----BEGIN RSA PRIVATE KEY-----",
    ],
)
def test_a_password_is_recognised(text: str) -> None:
    """I5: each way in which a password gets into a file is found."""
    assert len(passwords_in(text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://ann:***@db.example/app",
        "postgresql://postgres@127.0.0.1:5432/app",
        "mysql://ann:${DB_PASSWORD}@db/app",
        "https://example.org:8080/path?page=2",
    ],
)
def test_what_is_no_password_is_left_alone(text: str) -> None:
    """I5: a masked URL, one without a password and a variable are no find."""
    assert passwords_in(text) == []

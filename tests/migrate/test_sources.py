"""What runs is the script as it stands on disk, whatever Python compiled before."""

import os
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from schema_lab import Lab
from tests.support.labs import execute, filled_in, scalars

pytestmark = pytest.mark.parametrize("dialect", ["sqlite"])


@pytest.fixture
def rewritten(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> Lab:
    """Compile a revision, then rewrite it in the same second at the same size."""
    monkeypatch.setattr("sys.dont_write_bytecode", False)
    execute(lab, "CREATE TABLE notes (word VARCHAR(20))")
    filled_in(lab, "Say it", "op.execute(\"INSERT INTO notes VALUES ('old')\")")
    (head,) = lab.heads()
    assert head.path is not None
    plain = ScriptDirectory.from_config(Config(lab.root / "alembic.ini"))
    assert [script.doc for script in plain.walk_revisions()] == ["Say it"]
    assert list((head.path.parent / "__pycache__").glob(f"{head.id}*.pyc")) != []
    rewrite(head.path)
    return lab


def rewrite(path: Path) -> None:
    """Change the code and keep size and time."""
    stamp = path.stat()
    path.write_text(path.read_text().replace("'old'", "'new'"))
    os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert path.stat().st_size == stamp.st_size


def test_the_lab_runs_the_new_code(rewritten: Lab) -> None:
    """`lab.upgrade()` does not run the code that lies in `__pycache__`."""
    rewritten.upgrade()
    assert scalars(rewritten, "SELECT word FROM notes") == ["new"]


def test_the_command_line_runs_the_new_code(
    rewritten: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither does `alembic upgrade head`."""
    monkeypatch.setenv("DATABASE_URL", str(rewritten.engine.url))
    command.upgrade(Config(rewritten.root / "alembic.ini"), "head")
    assert scalars(rewritten, "SELECT word FROM notes") == ["new"]


def test_a_rewrite_between_two_upgrades_counts(lab: Lab) -> None:
    """A script that is changed while it is taken back runs as it stands then."""
    execute(lab, "CREATE TABLE notes (word VARCHAR(20))")
    filled_in(lab, "Say it", "op.execute(\"INSERT INTO notes VALUES ('old')\")")
    lab.upgrade()
    lab.downgrade()
    (head,) = lab.heads()
    assert head.path is not None
    rewrite(head.path)
    lab.upgrade()
    assert scalars(lab, "SELECT word FROM notes") == ["old", "new"]

"""The `alembic` command obeys what the project ignores, and says so."""

from pathlib import Path

import pytest

from tests.support.labs import execute
from tests.support.own_models import models_are, own_project
from tests.support.terminal import Terminal, failed, succeeded

NOISY = {
    "sqlite": ("UUID", "sa.UUID()"),
    "postgresql": ("REAL", "sa.Float(24)"),
    "mariadb": ("DOUBLE", "sa.REAL()"),
}
SAID = "Ignored by the configuration of this project: type of users.price"


@pytest.fixture
def terminal(tmp_path: Path, database_url: str, dialect: str) -> Terminal:
    """Open a terminal on a table whose one difference stays."""
    opened = own_project(tmp_path / "project", database_url)
    live, wanted = NOISY[dialect]
    number = {"postgresql": "SERIAL", "mariadb": "INTEGER AUTO_INCREMENT"}.get(dialect, "INTEGER")
    models_are(opened, f"sa.Column('price', {wanted})")
    execute(opened.lab(), f"CREATE TABLE users (id {number} NOT NULL PRIMARY KEY, price {live})")
    return opened


def test_alembic_check_obeys_it(terminal: Terminal) -> None:
    """`alembic check` ends well, and names what it left out."""
    terminal.lab().ignore("users.price")
    result = terminal.alembic("check")
    assert succeeded(result)
    assert SAID in result.stderr


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_alembic_revision_obeys_it(terminal: Terminal) -> None:
    """Before the call `alembic check` fails; after it a new script is without the difference."""
    assert failed(terminal.alembic("check"))
    terminal.lab().ignore("users.price")
    assert succeeded(terminal.alembic("revision", "--autogenerate", "-m", "Nothing"))
    (name,) = terminal.scripts()
    assert "alter_column" not in (terminal.versions / name).read_text()

"""Without models, nobody means to drop every table (D2)."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from schema_lab.errors import ModelError
from tests.support.dump import schema_dump
from tests.support.terminal import Terminal, failed

EMPTY = "target_metadata = Model.metadata.__class__()"


@pytest.fixture
def terminal(tmp_path: Path, database_url: str) -> Terminal:
    """Open a terminal on tables that are there, with an env.py that imports no model."""
    terminal = Terminal.on_a_copy(tmp_path / "project", database_url)
    terminal.lab().upgrade()
    env = terminal.root / "alembic" / "env.py"
    env.write_text(env.read_text().replace("target_metadata = Model.metadata", EMPTY))
    return terminal


def state(terminal: Terminal) -> object:
    """Give the whole database and the names of the scripts."""
    return schema_dump(terminal.url), terminal.scripts()


def test_the_lab_refuses_to_drop_everything(terminal: Terminal) -> None:
    """D2: `lab.autogenerate` says that no model was found, and how to find them."""
    before = state(terminal)
    with pytest.raises(ModelError, match="No model was found") as refused:
        terminal.lab().autogenerate("Clean up")
    assert "import the models in env.py" in refused.value.cure
    assert state(terminal) == before


def test_the_command_line_refuses_to_drop_everything(terminal: Terminal) -> None:
    """D2: `alembic revision --autogenerate` fails with the same sentence and writes no script."""
    before = state(terminal)
    result = terminal.alembic("revision", "--autogenerate", "-m", "Clean up")
    assert failed(result)
    assert "No model was found, so this migration would drop every table." in result.stderr
    assert state(terminal) == before


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_an_empty_revision_needs_no_model(terminal: Terminal) -> None:
    """D2: without --autogenerate nothing is compared, so nothing is refused."""
    terminal.alembic("revision", "-m", "By hand")
    assert len(terminal.scripts()) == 3


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_drift_still_shows_what_is_there(terminal: Terminal) -> None:
    """D2: looking is not refused: the drift names each table that no model has."""
    tables = {one.table for one in terminal.lab().drift() if one.kind == "drop_table"}
    assert tables == {"users", "user_profiles"}
    assert sa.inspect(terminal.lab().engine).has_table("users")

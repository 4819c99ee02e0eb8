"""Plain Alembic in a process that imported schema_lab, and used a lab."""

import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.dialects.sqlite.base import SQLiteDialect

from schema_lab.schema import reflected_word_for_word

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def seen() -> dict[str, Any]:
    """Import every module and use a lab, in a process of its own."""
    command = [sys.executable, "-m", "tests.plain_alembic.state"]
    run = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=280, check=False
    )
    assert run.returncode == 0, run.stderr
    found: dict[str, Any] = json.loads(run.stdout)
    return found


def test_an_import_changes_nothing_of_alembic_and_sqlalchemy(seen: dict[str, Any]) -> None:
    """Registries, functions and listeners of both libraries are the same after every import."""
    assert seen["imported"] == []


def test_a_lab_leaves_alembic_and_sqlalchemy_as_they_were(seen: dict[str, Any]) -> None:
    """Nothing that a lab exchanges for a call stays exchanged after it."""
    assert seen["used"] == []


def test_plain_alembic_compares_as_before(seen: dict[str, Any]) -> None:
    """Expression indexes, sorted indexes and defaults give the operations that Alembic gives."""
    before, imported, used = seen["compared"]
    assert imported == before
    assert used == before


@pytest.mark.parametrize(
    "name",
    [
        "implementations: sqlite",
        "alembic.ddl.impl.DefaultImpl.compare_type",
        "alembic.command.EnvironmentContext",
        "sqlalchemy.dialects.sqlite.base.SQLiteDialect.get_indexes",
        "sqlalchemy.dialects.mysql.reflection.MySQLTableDefinitionParser._parse_constraints",
        "Table column_reflect",
        "CheckConstraint before_parent_attach",
    ],
)
def test_what_a_lab_might_exchange_is_looked_at(seen: dict[str, Any], name: str) -> None:
    """The state that is compared holds what the lab extends or exchanges for a call."""
    assert name in seen["looked_at"]


def test_renderers_of_alembics_operations_are_looked_at(seen: dict[str, Any]) -> None:
    """A renderer that takes the place of Alembic's would be seen."""
    renderers = [name for name in seen["looked_at"] if name.startswith("renderers: ")]
    assert any("CreateTableCommentOp" in name for name in renderers)


def test_two_threads_that_reflect_leave_sqlalchemys_functions() -> None:
    """A look that ends while another goes on gives back nothing too early and nothing wrong."""
    before = SQLiteDialect.get_indexes
    inside, leave = threading.Event(), threading.Event()

    def longer() -> None:
        with reflected_word_for_word():
            inside.set()
            leave.wait(10)

    thread = threading.Thread(target=longer)
    with reflected_word_for_word():
        exchanged = SQLiteDialect.get_indexes
        thread.start()
        assert inside.wait(10)
    assert SQLiteDialect.get_indexes is exchanged
    leave.set()
    thread.join()
    assert exchanged is not before
    assert SQLiteDialect.get_indexes is before

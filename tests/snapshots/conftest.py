"""A lab on each dialect, whose project and snapshots lie in a temporary folder."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from schema_lab import Lab
from schema_lab.scratch import scratch_project
from tests.snapshots import rich

REVISION = '''
"""{message}"""
from alembic import op

revision = "{number}"
down_revision = {down!r}


def upgrade():
    {upgrade}


def downgrade():
    pass
'''


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Lay an Alembic project into a folder, and give the folder."""
    root = tmp_path / "lab"
    root.mkdir()
    scratch_project(root)
    return root


@pytest.fixture
def lab(folder: Path, database_url: str) -> Lab:
    """Give a lab on an empty database."""
    return Lab(database_url, config=folder, wait=5)


@pytest.fixture
def rich_lab(lab: Lab) -> Lab:
    """Give a lab on a database with rows, and with a little of everything the dialect offers."""
    rich.make(lab.engine)
    return lab


def write_revision(root: Path, number: str, upgrade: str) -> None:
    """Write a revision by hand, after the one before."""
    down = f"{int(number) - 1:04d}" if int(number) > 1 else None
    path = root / "alembic" / "versions" / f"{number}_written.py"
    path.write_text(REVISION.format(message=number, number=number, down=down, upgrade=upgrade))


def scalar(lab: Lab, sql: str) -> object:
    """Read one value from a lab's database."""
    with lab.engine.connect() as connection:
        return connection.scalar(sa.text(sql))


def write_program(path: Path, script: str) -> None:
    """Write a shell script that can be run."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)

"""What the lab keeps for itself: the project's folder .schema_lab/, and a table in the database.

The folder stays out of git. Drift and autogenerate never see the table.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock

LOCK_TIMEOUT = 5.0
"""Seconds to wait for another process that writes the same file."""


def made_ready(folder: Path) -> Path:
    """Make a folder below .schema_lab/, which git then leaves alone.

    Raises
    ------
    OSError
        When it cannot be made.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    own = next(
        (parent for parent in (folder, *folder.parents) if parent.name == ".schema_lab"), folder
    )
    ignore = own / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n", encoding="utf-8")
    return folder


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Keep other processes from writing a file; makes its folder.

    Raises
    ------
    OSError
        When the folder cannot be written, or another process does not let go.
    """
    made_ready(path.parent)
    with FileLock(path.with_suffix(".lock"), timeout=LOCK_TIMEOUT):
        yield


def write_at_once(path: Path, text: str) -> None:
    """Write a file so that a reader never meets half of it.

    Raises
    ------
    OSError
        When the folder cannot be written.
    """
    part = path.with_suffix(".part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


JOURNAL_TABLE = "schema_lab_journal"
"""On MariaDB and MySQL, and only while a migration is under way or stopped half-way."""

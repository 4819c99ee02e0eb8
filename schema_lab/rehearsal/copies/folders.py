"""Temporary folders of rehearsals: copies of files, and candidates that are not on disk yet."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from schema_lab.rehearsal.names import PREFIX, is_left_over, new_name


@contextmanager
def folder() -> Iterator[Path]:
    """Make a temporary folder that only the user may read, and remove it at the end."""
    place = Path(tempfile.gettempdir()) / new_name()
    place.mkdir(mode=0o700)
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def sweep_folders() -> None:
    """Remove the folders that rehearsals left which were killed."""
    for place in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        if is_left_over(place.name):
            shutil.rmtree(place, ignore_errors=True)

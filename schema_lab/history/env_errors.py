"""What an env.py raises on its own, before any migration: said with its line."""

import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic.util import CommandError
from sqlalchemy.exc import SQLAlchemyError

from schema_lab.errors import HistoryError, SchemaLabError


@contextmanager
def env_errors(env_py: Path, working: Callable[[], bool]) -> Iterator[None]:
    """Turn what env.py itself raises into a `HistoryError` that names the line.

    Parameters
    ----------
    env_py
        The file.
    working
        Says whether Alembic has begun its work; what is raised then is a revision's.
    """
    try:
        yield
    except (SchemaLabError, CommandError, SQLAlchemyError, SyntaxError):
        raise
    except Exception as error:
        if working():
            raise
        raise HistoryError(
            f"{env_py}{_line(error, env_py)} raised {type(error).__name__}: {error}.",
            "Mend env.py, or what it imports; `alembic current` shows the whole traceback.",
        ) from None


def _line(error: Exception, env_py: Path) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if Path(frame.filename) == env_py]
    return f", line {lines[-1]}," if lines else ""

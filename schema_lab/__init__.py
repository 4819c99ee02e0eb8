"""The notebook in which a team watches its schema change.

`Lab` is the door; `Field` and `Relationship` are SQLModel's own.
"""

from typing import Any

from sqlmodel import Field, Relationship

from schema_lab.errors import SchemaLabError
from schema_lab.lab import Lab
from schema_lab.migrate import init_db

__all__ = ["Field", "Lab", "Relationship", "SchemaLabError", "init_db"]
__version__ = "0.1.0"


def load_ipython_extension(shell: Any) -> None:
    """Give a notebook `%alembic` and `%schema`, as `%load_ext schema_lab` asks."""
    from schema_lab.magics import load

    load(shell)


def unload_ipython_extension(shell: Any) -> None:
    """Take the magics away again, as `%unload_ext schema_lab` asks."""
    from schema_lab.magics import unload

    unload(shell)

"""Change your database schema from a notebook.

`Lab` is the entry point; `Field` and `Relationship` are SQLModel's own.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from sqlmodel import Field, Relationship

from schema_lab.errors import SchemaLabError

if TYPE_CHECKING:
    from schema_lab.lab import Lab
    from schema_lab.migrate import init_db

__all__ = ["Field", "Lab", "Relationship", "SchemaLabError", "init_db"]
__version__ = "0.1.0"

_HOMES = {"Lab": "schema_lab.lab", "init_db": "schema_lab.migrate"}
"""What is loaded on first use: an application that imports its models needs no lab."""


def __getattr__(name: str) -> Any:
    """Load a name on first use."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return globals().setdefault(name, getattr(import_module(_HOMES[name]), name))


def __dir__() -> list[str]:
    """Name also what is not loaded yet."""
    return sorted({*globals(), *_HOMES})


def load_ipython_extension(shell: Any) -> None:
    """Give a notebook `%alembic` and `%schema`, as `%load_ext schema_lab` asks."""
    from schema_lab.magics import load

    load(shell)


def unload_ipython_extension(shell: Any) -> None:
    """Take the magics away again, as `%unload_ext schema_lab` asks."""
    from schema_lab.magics import unload

    unload(shell)

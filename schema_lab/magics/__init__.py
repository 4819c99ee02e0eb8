"""`%load_ext schema_lab`: `%alembic`, `%schema`, their completion and their settings."""

from schema_lab.magics.magic import load, unload

__all__ = ["load", "unload"]

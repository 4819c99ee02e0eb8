"""What is there? The live tables: one reader per dialect, as DataFrames and as diagrams."""

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

from schema_lab.errors import needs
from schema_lab.schema.diagrams.declared import declared
from schema_lab.schema.diagrams.live import live
from schema_lab.schema.diagrams.values import Diagram, DiagramColumn, DiagramTable, Reference
from schema_lab.schema.fingerprint import Fingerprint, fingerprint
from schema_lab.schema.reflection.dialects import read_at_once, reflected_word_for_word
from schema_lab.schema.reflection.postgresql import next_of
from schema_lab.schema.reflection.sqlite_schema import words_of
from schema_lab.schema.sql_text import as_text, parameters_of, undoubled

if TYPE_CHECKING:
    from schema_lab.schema.frames import tables

__all__ = [
    "Diagram",
    "DiagramColumn",
    "DiagramTable",
    "Fingerprint",
    "Reference",
    "as_text",
    "declared",
    "fingerprint",
    "live",
    "next_of",
    "parameters_of",
    "read_at_once",
    "reflected_word_for_word",
    "tables",
    "undoubled",
    "words_of",
]


def __getattr__(name: str) -> ModuleType:
    """Load the DataFrames, and pandas with them, on first use."""
    if name == "tables":
        needs("pandas", "lab")
        return import_module("schema_lab.schema.frames.tables")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

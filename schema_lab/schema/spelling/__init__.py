"""How does a database itself spell a table? One reader per dialect, for live tables and models."""

from schema_lab.schema.spelling.row import Row, Spelling

__all__ = ["Row", "Spelling"]

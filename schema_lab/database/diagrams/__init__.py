"""Tables as a diagram: those that are, and those that the models declare."""

from schema_lab.database.diagrams.declared import declared
from schema_lab.database.diagrams.live import live
from schema_lab.database.diagrams.values import Column, Diagram, Reference, Table

__all__ = ["Column", "Diagram", "Reference", "Table", "declared", "live"]

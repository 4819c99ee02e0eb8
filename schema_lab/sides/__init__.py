"""How do any two schemas differ? Models, history, a revision, databases: each is a side."""

from schema_lab.sides.comparison import Comparison, compare
from schema_lab.sides.location import Location, locate
from schema_lab.sides.schema import Schema, schema_of

__all__ = ["Comparison", "Location", "Schema", "compare", "locate", "schema_of"]

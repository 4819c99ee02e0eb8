"""The notebook in which a team watches its schema change.

`Lab` is the door; `Field` and `Relationship` are SQLModel's own.
"""

from sqlmodel import Field, Relationship

from schema_lab.errors import SchemaLabError
from schema_lab.lab import Lab
from schema_lab.migrate import init_db

__all__ = ["Field", "Lab", "Relationship", "SchemaLabError", "init_db"]
__version__ = "0.1.0"

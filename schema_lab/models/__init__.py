"""What should be: models whose cells can be run again."""

from sqlmodel import Field, Relationship, Session

from schema_lab.models.guests import Guests, outdated, strays
from schema_lab.models.model_set import ModelSet
from schema_lab.models.naming import NAMING_CONVENTION

__all__ = [
    "NAMING_CONVENTION",
    "Field",
    "Guests",
    "ModelSet",
    "Relationship",
    "Session",
    "outdated",
    "strays",
]

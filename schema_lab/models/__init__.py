"""What should be: models whose cells can be run again, and the example domain."""

from sqlmodel import Field, Relationship

from schema_lab.models.example import Model, User, UserProfile
from schema_lab.models.model_set import ModelSet
from schema_lab.models.naming import NAMING_CONVENTION

__all__ = [
    "NAMING_CONVENTION",
    "Field",
    "Model",
    "ModelSet",
    "Relationship",
    "User",
    "UserProfile",
]

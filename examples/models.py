"""The example domain: users, and the profile that each of them may have."""

from datetime import datetime
from typing import TYPE_CHECKING, Optional

from sqlalchemy import DateTime
from sqlmodel import Field, Relationship, SQLModel

from schema_lab.models import ModelSet

models = ModelSet()

if TYPE_CHECKING:
    Model = SQLModel  # a base that mypy knows
else:
    Model = models.Model


class User(Model, table=True):
    """Somebody who has signed up."""

    __tablename__ = "users"

    id: int | None = Field(default=None, primary_key=True)
    email: str = Field(max_length=255, unique=True, index=True)
    name: str = Field(max_length=100)

    profile: Optional["UserProfile"] = Relationship(back_populates="user")


class UserProfile(Model, table=True):
    """What a user tells about themselves, and how far onboarding has come."""

    __tablename__ = "user_profiles"

    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="users.id", unique=True)
    display_name: str = Field(max_length=100)
    bio: str | None = Field(default=None, max_length=500)
    onboarding_screen: str | None = Field(default=None, max_length=50)
    onboarding_started_at: datetime | None = Field(default=None, sa_type=DateTime)

    user: User = Relationship(back_populates="profile")

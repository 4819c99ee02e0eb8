"""What of SQLModel is private, or came late; seen with SQLModel 0.0.50, 0.0.38 and 0.0.24."""

from typing import Any

import sqlmodel.main
import sqlmodel.sql.sqltypes
from sqlmodel._compat import get_annotations

__all__ = ["FIELDS_IN_ANNOTATED", "UTC_TYPES", "get_annotations", "place_registry"]

FIELDS_IN_ANNOTATED: tuple[type, ...] = (
    (sqlmodel.main.FieldInfoMetadata,) if hasattr(sqlmodel.main, "FieldInfoMetadata") else ()
)
"""What `Field` leaves in an `Annotated`; before 0.0.38 a field there has no part in its table."""

UTC_TYPES: tuple[type, ...] = (
    (sqlmodel.sql.sqltypes.UTCDateTime,) if hasattr(sqlmodel.sql.sqltypes, "UTCDateTime") else ()
)
"""SQLModel's type of a `datetime`; before 0.0.46 that is SQLAlchemy's DateTime without a zone."""


def place_registry(made: type, registry: Any) -> None:
    """Give a class a registry of its own; SQLModel's keyword for it would make it a base class."""
    type.__setattr__(made, "_sa_registry", registry)

"""How a script spells types: plain `sa.` types, so that no script needs sqlmodel."""

from typing import Any, Literal

from alembic.autogenerate.api import AutogenContext
from sqlmodel import AutoString
from sqlmodel.sql.sqltypes import UTCDateTime

from schema_lab.database import is_mysql


def render_item(kind: str, item: Any, context: AutogenContext) -> str | Literal[False]:
    """Render SQLModel's own types as SQLAlchemy's; leave everything else to Alembic.

    Examples
    --------
    >>> render_item("type", AutoString(length=50), None)
    'sa.String(length=50)'
    >>> render_item("type", UTCDateTime(), None)
    'sa.DateTime(timezone=True)'
    """
    if kind != "type":
        return False
    if isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    if isinstance(item, AutoString):
        length = getattr(item.impl, "length", None)
        return f"sa.String(length={length})" if length else _unlimited(context)
    return False


def _unlimited(context: AutogenContext) -> str:
    """MySQL and MariaDB have no VARCHAR without a length; SQLModel then takes 255."""
    if is_mysql(context.migration_context.dialect.name):
        return f"sa.String(length={AutoString.mysql_default_length})"
    return "sa.String()"

"""Which columns have a value of their own when a row does not name one. Pure."""

from typing import Any

import sqlalchemy as sa


def needs_a_value(column: sa.Column[Any]) -> bool:
    """Say whether each row has to name a value: NOT NULL, and nothing that gives one.

    Examples
    --------
    >>> needs_a_value(sa.Column("plan", sa.String, nullable=False))
    True
    >>> needs_a_value(sa.Column("plan", sa.String, nullable=False, server_default="free"))
    False
    """
    given = (column.server_default, column.computed, column.identity)
    own = column.autoincrement is True or bool(column.primary_key)
    return not column.nullable and not own and all(one is None for one in given)

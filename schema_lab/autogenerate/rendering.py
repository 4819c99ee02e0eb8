"""How a script spells types and foreign keys.

Types are plain `sa.` types, so that no script needs sqlmodel. A foreign key to a name with a dot
is given as a tuple of names; in Alembic's dotted string, the dot would part a schema from a table.
"""

import copy
from typing import Any, Literal

import sqlalchemy as sa
from alembic.autogenerate.api import AutogenContext
from alembic.autogenerate.render import (
    _populate_render_fk_opts,
    _render_gen_name,
    _repr_type,
)
from alembic.ddl.postgresql import PostgresqlImpl
from sqlalchemy.dialects import postgresql
from sqlmodel import AutoString
from sqlmodel.sql.sqltypes import UTCDateTime

from schema_lab.database import is_mysql


def render_item(kind: str, item: Any, context: AutogenContext) -> str | Literal[False]:
    """Render SQLModel's own types as SQLAlchemy's, and what Alembic cannot; leave all else to it.

    Examples
    --------
    >>> render_item("type", AutoString(length=50), None)
    'sa.String(length=50)'
    >>> render_item("type", UTCDateTime(), None)
    'sa.DateTime(timezone=True)'
    """
    if kind == "foreign_key" and any(_has_dot(one) for one in item.elements):
        return _with_tuples(item, context)
    if kind != "type":
        return False
    if isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    if isinstance(item, AutoString):
        length = getattr(item.impl, "length", None)
        return f"sa.String(length={length})" if length else _unlimited(context)
    return _of_postgresql(item, context)


def _of_postgresql(type_: Any, context: AutogenContext | None) -> str | Literal[False]:
    """Render JSONB, ARRAY and HSTORE elsewhere than on PostgreSQL as Alembic does there.

    On another dialect it leaves the type within without its `sa.`: NameError as the script runs.
    """
    if context is None or context.migration_context.dialect.name == "postgresql":
        return False
    base = copy.copy(type_)
    base._variant_mapping = {}
    known = PostgresqlImpl(postgresql.dialect(), None, True, None, None, {})  # type: ignore[no-untyped-call]
    rendered = known.render_type(base, context)
    if rendered is False:
        return False
    context.imports.add("from sqlalchemy.dialects import postgresql")
    variants = sorted(type_._variant_mapping.items())
    said = (f".with_variant({_repr_type(one, context)}, {name!r})" for name, one in variants)
    return f"{rendered}{''.join(said)}"


def _unlimited(context: AutogenContext) -> str:
    """MySQL and MariaDB have no VARCHAR without a length; SQLModel then takes 255."""
    if is_mysql(context.migration_context.dialect.name):
        return f"sa.String(length={AutoString.mysql_default_length})"
    return "sa.String()"


def _has_dot(key: sa.ForeignKey) -> bool:
    _, table, column = key.target_tokens
    return "." in table or "." in (column or "")


def _with_tuples(constraint: sa.ForeignKeyConstraint, context: AutogenContext) -> str:
    columns = [str(one.parent.name) for one in constraint.elements]
    goals = [
        tuple(str(name) for name in one.target_tokens if name is not None)
        for one in constraint.elements
    ]
    options: list[tuple[str, str]] = []
    if constraint.name:
        options.append(("name", repr(_render_gen_name(context, constraint.name))))
    _populate_render_fk_opts(constraint, options)
    said = "".join(f", {name}={value}" for name, value in options)
    return f"sa.ForeignKeyConstraint({columns!r}, {goals!r}{said})"

"""Words for the parts of a schema: tables, columns, types, defaults, comments, constraints."""

from typing import Any, NamedTuple

import sqlalchemy as sa

from schema_lab.models.tables import target_of
from schema_lab.schema.defaults import without_casts
from schema_lab.schema.sql_text import sql_of


class TableKey(NamedTuple):
    """A table: its schema, where that is not the default one, and its name.

    It equals the pair by which SQLAlchemy's Inspector knows a table.

    Examples
    --------
    >>> str(TableKey("shop", "users")), str(TableKey(None, "users"))
    ('shop.users', 'users')
    """

    schema: str | None
    name: str

    def __str__(self) -> str:
        return full_name(self.name, self.schema)


def full_name(table: str, schema: str | None) -> str:
    """Give a table's name with its schema, if it has one."""
    return f"{schema}.{table}" if schema else table


def column_text(column: sa.Column[Any], dialect: sa.Dialect) -> str:
    """Give a column's type, nullability and server default, as SQL writes them."""
    parts = [type_text(column.type, dialect)]
    if not column.nullable:
        parts.append("NOT NULL")
    if column.server_default is not None:
        word = "" if column.computed is not None or column.identity is not None else "DEFAULT "
        parts.append(f"{word}{default_text(column.server_default, dialect)}")
    return " ".join(parts)


def type_text(type_: Any, dialect: sa.Dialect) -> str:
    """Give a type as the dialect writes it, or as Python shows it where it cannot."""
    try:
        return str(type_.compile(dialect=dialect))
    except (sa.exc.CompileError, AttributeError, NotImplementedError):
        return repr(type_)


def default_text(default: Any, dialect: sa.Dialect) -> str:
    """Give a server default as the dialect writes it; "none" where there is none."""
    if default is None or default is False:
        return "none"
    if isinstance(default, sa.Computed):
        return f"GENERATED ALWAYS AS ({sql_of(default.sqltext, dialect)})"
    if isinstance(default, sa.Identity):
        return f"GENERATED {'ALWAYS' if default.always else 'BY DEFAULT'} AS IDENTITY"
    value = getattr(default, "arg", default)
    if isinstance(value, str):
        return f"'{value}'" if isinstance(default, sa.DefaultClause) else value
    try:
        return without_casts(sql_of(value, dialect))
    except (sa.exc.CompileError, AttributeError):
        return repr(value)


def comment_text(comment: Any) -> str:
    """Give a comment in quotes; "none" where there is none."""
    return "none" if comment is None or comment is False else repr(comment)


def constraint_text(constraint: sa.Constraint) -> str:
    """Say a constraint: "unique constraint uq_users_email (email)"."""
    name = f" {constraint.name}" if constraint.name else ""
    if isinstance(constraint, sa.ForeignKeyConstraint):
        targets = ", ".join(map(target_of, constraint.elements))
        columns = ", ".join(constraint.column_keys)
        return f"foreign key{name} ({columns}) → {targets}"
    if isinstance(constraint, sa.CheckConstraint):
        return f"check constraint{name} ({constraint.sqltext})"
    columns = ", ".join(column.name for column in getattr(constraint, "columns", ()))
    word = "primary key" if isinstance(constraint, sa.PrimaryKeyConstraint) else "unique constraint"
    return f"{word}{name} ({columns})"

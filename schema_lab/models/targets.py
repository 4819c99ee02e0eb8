"""Where a foreign key leads, also to a name with a dot in it, which no dotted string can spell."""

from sqlalchemy import ForeignKey, ForeignKeyConstraint


def target_of(key: ForeignKey) -> str:
    """Say the column to which a foreign key leads.

    Examples
    --------
    >>> target_of(ForeignKey("crm.users.id"))
    'crm.users.id'
    """
    return ".".join(filter(None, key.target_tokens))


def target_table_of(constraint: ForeignKeyConstraint) -> str:
    """Name the table to which a foreign key leads, with its schema.

    Examples
    --------
    >>> target_table_of(ForeignKeyConstraint(["user_id"], [("a.b", "id")]))
    'a.b'
    """
    schema, table, _ = constraint.elements[0].target_tokens
    return f"{schema}.{table}" if schema else table


def target_columns_of(constraint: ForeignKeyConstraint) -> tuple[str, ...]:
    """Name the columns to which a foreign key leads.

    Examples
    --------
    >>> target_columns_of(ForeignKeyConstraint(["user_id"], ["users.id"]))
    ('id',)
    """
    return tuple(one.target_tokens.column_name or "" for one in constraint.elements)

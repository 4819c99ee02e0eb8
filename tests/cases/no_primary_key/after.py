"""A new table without a primary key."""

import sqlalchemy as sa

metadata = sa.MetaData()
sa.Table(
    "users",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
)
sa.Table(
    "visits",
    metadata,
    sa.Column("page", sa.String(20)),
)

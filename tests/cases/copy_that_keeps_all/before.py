"""A trigger and a collation, which a batch would lose."""

import sqlalchemy as sa

metadata = sa.MetaData()
sa.Table(
    "users",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("n", sa.BigInteger),
    sa.Column("email", sa.String(20, collation="NOCASE")),
)
sa.Table(
    "kept",
    metadata,
    sa.Column("user_id", sa.ForeignKey("users.id", name="fk_kept", ondelete="CASCADE")),
)

"""NOT NULL, which needs a copy."""

import sqlalchemy as sa

metadata = sa.MetaData()
sa.Table(
    "users",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("n", sa.BigInteger, nullable=False),
    sa.Column("email", sa.String(20, collation="NOCASE")),
)
sa.Table(
    "kept",
    metadata,
    sa.Column("user_id", sa.ForeignKey("users.id", name="fk_kept", ondelete="CASCADE")),
)

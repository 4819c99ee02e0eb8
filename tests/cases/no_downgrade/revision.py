import sqlalchemy as sa
from alembic import op


def upgrade() -> None:
    op.add_column("users", sa.Column("city", sa.String(20)))


def downgrade() -> None:
    pass

import sqlalchemy as sa
from alembic import op


def upgrade() -> None:
    op.alter_column("users", "plan", type_=sa.String(30))


def downgrade() -> None:
    op.alter_column("users", "plan", type_=sa.String(20))

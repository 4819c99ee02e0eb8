import sqlalchemy as sa
from alembic import op


def upgrade() -> None:
    # schema_lab: allow SL303: no process reads it since May
    # schema_lab: allow SL101
    op.drop_column("users", "plan")


def downgrade() -> None:
    op.add_column("users", sa.Column("plan", sa.String(20)))

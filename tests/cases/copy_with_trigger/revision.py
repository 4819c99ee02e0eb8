import sqlalchemy as sa
from alembic import op


def upgrade() -> None:
    with op.batch_alter_table("users") as batch_op:
        batch_op.alter_column("n", existing_type=sa.BIGINT(), nullable=False)


def downgrade() -> None:
    with op.batch_alter_table("users") as batch_op:
        batch_op.alter_column("n", existing_type=sa.BIGINT(), nullable=True)

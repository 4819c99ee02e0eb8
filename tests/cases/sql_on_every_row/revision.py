from alembic import op


def upgrade() -> None:
    op.execute("DELETE FROM users")


def downgrade() -> None:
    raise NotImplementedError("no way back")

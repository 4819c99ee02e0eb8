"""A scratch lab on each dialect, with a filled table and a migration of four statements."""

from collections.abc import Iterator

import pytest

from schema_lab import Lab
from tests.support.labs import execute, filled_in
from tests.support.servers import SERVERS, needed_server

CREATE = """op.create_table(
    "users",
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(40), nullable=False),
)"""
CHANGE = """op.add_column("users", sa.Column("plan", sa.String(10)))
op.execute("UPDATE users SET plan = 'free'")
op.create_index("ix_users_name", "users", ["name"])
op.execute("DELETE FROM users WHERE id = 1")"""
BACK = """op.drop_index("ix_users_name", "users")
op.drop_column("users", "plan")"""


@pytest.fixture
def scratch(dialect: str) -> Iterator[Lab]:
    """Open a scratch lab at its first revision, with three users; a second revision waits."""
    place = needed_server(dialect).render_as_string(False) if dialect in SERVERS else "sqlite"
    lab = Lab.scratch(place)
    filled_in(lab, "Create users", CREATE, 'op.drop_table("users")')
    lab.upgrade()
    execute(lab, "INSERT INTO users (id, name) VALUES (1, 'Ann'), (2, 'Bob'), (3, 'Cleo')")
    filled_in(lab, "Add plans", CHANGE, BACK)
    yield lab
    lab.models.metadata.clear()

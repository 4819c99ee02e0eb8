"""A hand-written NOT NULL column on a filled table is refused: no value is invented (D3)."""

import pytest
import sqlalchemy as sa

from schema_lab import Lab
from schema_lab.errors import MigrationError
from tests.support.labs import be, execute, filled_in, scalars, users

BORN = "op.add_column('users', sa.Column('born', sa.Date(), nullable=False{}))"


@pytest.fixture
def filled(lab: Lab) -> Lab:
    """Give a lab on one user."""
    be(lab, users())
    execute(lab, "INSERT INTO users (id, name) VALUES (1, 'Ann')")
    return lab


def test_the_upgrade_is_refused(filled: Lab) -> None:
    """D3: on every database the upgrade fails, and the table is as it was."""
    filled_in(filled, "Add a day", BORN.format(""))
    with pytest.raises(MigrationError):
        filled.upgrade()
    assert filled.stopped() is None
    assert [one["name"] for one in sa.inspect(filled.engine).get_columns("users")] == ["id", "name"]
    assert scalars(filled, "SELECT name FROM users") == ["Ann"]


@pytest.mark.parametrize("dialect", ["mariadb"])
def test_the_error_names_the_column_and_the_cure(filled: Lab) -> None:
    """D3: MariaDB itself would take it, and write '0000-00-00'."""
    filled_in(filled, "Add a day", BORN.format(""))
    with pytest.raises(MigrationError, match="born is NOT NULL without a default") as refused:
        filled.upgrade()
    assert "Add born as nullable, fill it with an UPDATE" in refused.value.cure


@pytest.mark.parametrize("dialect", ["mariadb"])
@pytest.mark.parametrize(
    "column",
    [
        BORN.format(", server_default='2026-01-01'"),
        "op.add_column('users', sa.Column('born', sa.Date()))",
        "op.execute('DELETE FROM users')\n" + BORN.format(""),
        "op.execute('ALTER TABLE users ADD COLUMN n INT AS (length(name)) STORED')",
    ],
)
def test_what_invents_nothing_runs(filled: Lab, column: str) -> None:
    """D3: a default, NULL, an empty table and a generated column are no danger."""
    filled_in(filled, "Add a day", column)
    filled.upgrade()
    assert len(sa.inspect(filled.engine).get_columns("users")) == 3


@pytest.mark.parametrize("dialect", ["mariadb"])
def test_the_revision_goes_on_after_it_was_mended(filled: Lab) -> None:
    """D3: what ran before stands, and resume goes on with the mended statement."""
    first = "op.add_column('users', sa.Column('city', sa.String(9)))\n"
    filled_in(filled, "Add two", first + BORN.format(""))
    with pytest.raises(MigrationError):
        filled.upgrade()
    (revision,) = filled.heads()
    assert revision.path is not None
    text = revision.path.read_text()
    revision.path.write_text(text.replace("nullable=False", "server_default='2026-01-01'"))
    filled.resume()
    assert [str(one) for one in scalars(filled, "SELECT born FROM users")] == ["2026-01-01"]

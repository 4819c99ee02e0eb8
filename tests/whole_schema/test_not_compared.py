"""What a database cannot be asked is said with the drift."""

import pytest
import sqlalchemy as sa

from schema_lab import Lab
from tests.support.labs import be, execute, users, want


def odd() -> sa.Column[str]:
    """Give a column whose default calls a function that is not there."""
    return sa.Column("odd", sa.String(20), server_default=sa.text("gone()"))


@pytest.mark.parametrize("dialect", ["postgresql"])
def test_a_function_that_is_not_there_is_named(lab: Lab) -> None:
    """The drift says which table is not compared and why, also when it is asked again."""
    be(lab, users())
    execute(lab, "ALTER TABLE users ADD odd VARCHAR(20)")
    want(lab, users(odd()))
    for _ in range(2):
        drift = lab.drift()
        assert "Not compared: users beyond what Alembic compares" in repr(drift)
        assert "function gone() does not exist" in drift._repr_html_()


@pytest.mark.parametrize("dialect", ["postgresql"])
def test_a_table_that_can_be_compared_again_is_not_named(lab: Lab) -> None:
    """What was said of a table goes with its reason."""
    be(lab, users())
    want(lab, users(odd()))
    assert lab.drift().not_compared
    want(lab, users())
    assert not lab.drift().not_compared


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql", "mariadb"])
def test_a_look_leaves_nothing_behind(lab: Lab) -> None:
    """No table, type or row of the look is there afterwards."""
    metadata = users(sa.Column("mood", sa.Enum("a", "b", name="mood")))
    be(lab, metadata)
    before = sa.inspect(lab.engine).get_table_names()
    want(lab, metadata)
    lab.drift(full=True)
    assert sa.inspect(lab.engine).get_table_names() == before

"""Where a database really stands: its schema is held against each state of the history."""

import pytest
import sqlalchemy as sa

from schema_lab import Lab
from tests.support.labs import execute, users, want


def test_a_database_stands_where_its_version_table_says(two: Lab) -> None:
    """Each state is found again, the empty one too; the frame has one row for each."""
    two.downgrade("base")
    found = two.locate()
    assert (found.as_stamped, found.nearest) == (True, ())
    two.upgrade("0001")
    found = two.locate()
    assert (found.as_stamped, found.nearest) == (True, ("0001",))
    assert found.frame["revision"].tolist() == ["base", "0001", "0002"]
    assert found.frame["stamped"].tolist() == [False, True, False]


def test_a_wrong_stamp_is_found(two: Lab) -> None:
    """The schema decides, not the version table; the cure is a stamp, and it holds."""
    two.stamp("0001")
    found = two.locate()
    assert (found.equal, found.as_stamped, found.nearest) == (True, False, ("0002",))
    said = "The database matches revision 0002, but its version table says revision 0001."
    assert repr(found) == f'{said}\nlab.stamp("0002") corrects the version table.'
    assert said in found._repr_html_()
    two.stamp("0002")
    assert two.locate().as_stamped


def test_a_database_without_a_version_table_is_located(two: Lab) -> None:
    """A version table that was dropped says base; the schema says where the database is."""
    execute(two, "DROP TABLE alembic_version")
    found = two.locate()
    assert (found.stamped, found.nearest, found.equal) == ((), ("0002",), True)


def test_a_change_by_hand_has_its_nearest_revision(two: Lab) -> None:
    """What leads from the database to the nearest state is listed."""
    execute(two, "ALTER TABLE users ADD COLUMN age INTEGER")
    found = two.locate()
    assert (found.equal, found.between, found.nearest) == (False, None, ("0002",))
    (operation,) = found.comparison.operations
    assert str(operation).startswith("- drop column users.age")
    assert "The database matches no revision" in repr(found)


def test_a_revision_that_ran_in_part_is_named(two: Lab) -> None:
    """A database with a part of what a revision brings stands between two states."""
    plan = (sa.Column("plan", sa.String(9)), sa.Column("age", sa.Integer))
    want(two, users(*plan, sa.Column("city", sa.String(9))))
    two.autogenerate("Two at once").write()
    execute(two, "ALTER TABLE users ADD COLUMN age INTEGER")
    found = two.locate()
    assert found.between == (("0002",), ("0003",))
    assert "is between revision 0002 and revision 0003" in repr(found)


def test_looking_for_it_changes_nothing(two: Lab) -> None:
    """The tables and the version table stay as they are."""
    before = two.current().frame.to_dict(), two.tables().to_dict()
    two.locate()
    assert (two.current().frame.to_dict(), two.tables().to_dict()) == before


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_two_branches_are_two_heads(two: Lab) -> None:
    """Where the history has branches, a state is named and stamped by all of its heads."""
    for message in ("Left", "Right"):
        path = two.root / "alembic" / "versions" / f"{message.lower()}.py"
        path.write_text(
            f"""\
revision = "{message.lower()}"
down_revision = "0002"
from alembic import op
import sqlalchemy as sa


def upgrade():
    op.create_table("{message.lower()}", sa.Column("id", sa.Integer, primary_key=True))


def downgrade():
    op.drop_table("{message.lower()}")
""",
            encoding="utf-8",
        )
    two.upgrade("heads")
    assert two.locate().nearest == ("left", "right")
    assert two.locate().as_stamped
    two.stamp("left", purge=True)
    assert repr(two.locate()).endswith('lab.stamp(["left", "right"]) corrects the version table.')
    two.stamp(["left", "right"])
    assert two.locate().as_stamped

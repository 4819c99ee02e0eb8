"""On SQLite, rebuilding a parent table keeps the rows that point to it."""

import pytest
import sqlalchemy as sa
from alembic import command
from sqlalchemy import event

from schema_lab import Lab
from schema_lab.errors import MigrationError
from tests.support.dump import schema_dump
from tests.support.labs import execute, filled_in, scalars

pytestmark = pytest.mark.parametrize("dialect", ["sqlite"])

REBUILD = """with op.batch_alter_table("parents", recreate="always") as batch_op:
    batch_op.alter_column("name", type_=sa.String(80))"""
ACTIONS = pytest.mark.parametrize("action", ["CASCADE", "SET NULL", "RESTRICT", "SET DEFAULT"])


def family(lab: Lab, action: str) -> None:
    """Create parents, and children that point to them."""
    execute(
        lab,
        "CREATE TABLE parents (id INTEGER PRIMARY KEY, name VARCHAR(20))",
        "CREATE TABLE children (id INTEGER PRIMARY KEY, parent_id INTEGER DEFAULT 1"
        f" REFERENCES parents (id) ON DELETE {action} ON UPDATE {action})",
        "INSERT INTO parents VALUES (1, 'Ann'), (2, 'Bob')",
        "INSERT INTO children VALUES (1, 2), (2, 2), (3, NULL)",
    )


@ACTIONS
def test_children_of_a_rebuilt_parent_survive(lab: Lab, action: str) -> None:
    """Batch mode on a parent neither deletes nor changes a child (B1, B2)."""
    family(lab, action)
    children = schema_dump(lab.engine.url).rows["main.children"]
    filled_in(lab, "Rebuild", REBUILD, REBUILD)
    lab.upgrade()
    lab.downgrade()
    assert schema_dump(lab.engine.url).rows["main.children"] == children
    assert scalars(lab, "SELECT name FROM parents ORDER BY id") == ["Ann", "Bob"]


@ACTIONS
def test_they_survive_with_foreign_keys_on(lab: Lab, action: str) -> None:
    """Also when the program that migrates enforces foreign keys on its connection (B1, B2)."""
    family(lab, action)
    children = schema_dump(lab.engine.url).rows["main.children"]
    filled_in(lab, "Rebuild", REBUILD)
    engine = lab.engine
    event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA foreign_keys=ON"))
    with engine.connect() as connection:
        config = lab._environment.project.config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    assert schema_dump(lab.engine.url).rows["main.children"] == children
    assert len(lab.current()) == 1


def test_rows_left_without_a_parent_are_refused(lab: Lab) -> None:
    """A migration that takes a parent from under its children fails and is rolled back."""
    family(lab, "CASCADE")
    before = schema_dump(lab.engine.url)
    filled_in(lab, "Lose Bob", 'op.execute("DELETE FROM parents WHERE id = 2")')
    with pytest.raises(MigrationError, match="2 rows would point to a missing parent row"):
        lab.upgrade(accept_loss=True)
    assert schema_dump(lab.engine.url) == before


def test_rows_that_had_no_parent_before_are_no_obstacle(lab: Lab) -> None:
    """A migration is not blamed for rows that were broken when it came."""
    family(lab, "CASCADE")
    execute(lab, "INSERT INTO children VALUES (4, 99)")
    filled_in(lab, "Rebuild", REBUILD)
    lab.upgrade()
    assert scalars(lab, "SELECT count(*) FROM children") == [4]


def test_dropping_parent_and_children_is_fine(lab: Lab) -> None:
    """A migration that takes both away leaves no row without a parent."""
    family(lab, "RESTRICT")
    filled_in(lab, "Drop both", 'op.drop_table("parents")\nop.drop_table("children")')
    lab.upgrade(accept_loss=True)
    assert sa.inspect(lab.engine).get_table_names() == ["alembic_version"]

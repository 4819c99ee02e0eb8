"""What Alembic does not compare is ignored by an entry and filtered by include_object too."""

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from schema_lab import Lab
from schema_lab.candidate.options import completed
from schema_lab.history.entries import IGNORE
from schema_lab.migrate.entries import write_entries
from tests.support.labs import execute, users, want


def made(lab: Lab, *parts: sa.schema.SchemaItem) -> None:
    """Migrate to users with these parts."""
    want(lab, users(*parts))
    lab.autogenerate("Create users").write()
    lab.upgrade()


def check(text: str) -> sa.CheckConstraint:
    """Give a named CHECK."""
    return sa.CheckConstraint(text, name=sa.schema.conv("ck_name"))


def test_a_check_that_was_changed_by_hand_can_be_ignored(lab: Lab, dialect: str) -> None:
    """The revision made it as the models want it, so the difference is noise, which can be left."""
    made(lab, check("name <> 'x'"))
    if dialect == "sqlite":
        changed = (
            "UPDATE sqlite_master SET sql = replace(sql, 'name <> ''x''', 'name <> ''y''')",
            "PRAGMA writable_schema = RESET",
        )
        execute(lab, "PRAGMA writable_schema = 1", *changed)
    else:
        add = "ALTER TABLE users ADD CONSTRAINT ck_name CHECK (name <> 'y')"
        execute(lab, "ALTER TABLE users DROP CONSTRAINT ck_name", add)
    assert [noise.about for noise in lab.drift(full=True).noise] == ["users.ck_name"]
    assert not lab.ignore("users.ck_name")
    assert [noise.about for noise in lab.drift().ignored] == ["users.ck_name"]
    assert lab.stop_ignoring("users.ck_name")


def test_an_entry_leaves_out_a_computed_expression(lab: Lab) -> None:
    """An entry of the configuration names the column, the aspect and both states."""
    made(lab, sa.Column("size", sa.Integer, sa.Computed("length(name)", persisted=True)))
    want(lab, users(sa.Column("size", sa.Integer, sa.Computed("1", persisted=True))))
    (operation,) = lab.drift()
    words = f"computed of users.size: {operation.before} -> {operation.after}"
    named = lab.engine.dialect.name.replace("mariadb", "mysql")
    write_entries(lab.root / "alembic.ini", IGNORE, [f"{named}: {words}"])
    drift = lab.drift()
    assert not drift
    assert [noise.about for noise in drift.ignored] == ["users.size"]


@pytest.mark.parametrize("kind", ["check_constraint", "column"])
def test_include_object_decides_about_each_kind(lab: Lab, kind: str) -> None:
    """A function of an env.py is asked about the CHECK and about the computed column."""
    size = sa.Column("size", sa.Integer, sa.Computed("length(name)", persisted=True))
    made(lab, size._copy(), check("name <> 'x'"))
    changed = sa.Column("size", sa.Integer, sa.Computed("1", persisted=True))
    target = users(changed, check("name <> 'y'"))
    asked = []

    def include(item: object, name: str | None, given: str, reflected: bool, other: object) -> bool:
        asked.append((given, name))
        return given != kind

    with lab.engine.connect() as connection:
        options = {"target_metadata": target, "connection": connection, "include_object": include}
        given = completed(options, connection.dialect.name)
        del given["target_metadata"], given["connection"]
        context = MigrationContext.configure(connection, opts=given | {"target_metadata": target})
        found = repr(compare_metadata(context, target))
    assert (kind, "ck_name" if kind == "check_constraint" else "size") in asked
    assert ("ck_name" in found) == (kind != "check_constraint")
    assert ("size" in found) == (kind != "column")

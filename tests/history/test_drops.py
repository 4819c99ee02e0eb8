"""What a script says it drops is read from its text; nothing of it runs."""

from pathlib import Path

import pytest

from schema_lab.history import Drop, drops_of

SEEN = {
    "table": ('op.drop_table("users")', [("users", None)]),
    "table of a schema": ('op.drop_table("users", schema="app")', [("app.users", None)]),
    "column": ('op.drop_column("users", "plan")', [("users", "plan")]),
    "column of a schema": (
        'op.drop_column("users", "plan", schema="app")',
        [("app.users", "plan")],
    ),
    "keywords": (
        'op.drop_column(column_name="plan", table_name="users")',
        [("users", "plan")],
    ),
    "batch": (
        'with op.batch_alter_table("users") as batch_op:\n        batch_op.drop_column("plan")',
        [("users", "plan")],
    ),
    "condition": ('if True:\n        op.drop_table("users")', [("users", None)]),
    "several": (
        'op.drop_column("users", "plan")\n    op.drop_table("notes")',
        [("users", "plan"), ("notes", None)],
    ),
    "nothing": ('op.drop_index("ix", "users")\n    op.add_column("users", column)', []),
}
SQL = {
    "delete": ('op.execute("DELETE FROM users")', "users"),
    "drop": ('op.execute("drop table users")', "users"),
    "drop if": ('op.execute("DROP TABLE IF EXISTS users CASCADE")', "users"),
    "alter": ('op.execute("ALTER TABLE users DROP COLUMN plan")', "users"),
    "quoted": ("op.execute('DROP TABLE \"users\"')", "users"),
    "text": ('op.execute(sa.text("truncate users"))', "users"),
    "lines": ('op.execute("""\n        DELETE\n        FROM users\n        """)', "users"),
}


def script(folder: Path, body: str) -> Path:
    """Write a script whose upgrade does this, and whose downgrade drops a table."""
    path = folder / "script.py"
    path.write_text(
        f'def upgrade():\n    """Upgrade."""\n    {body}\n\n'
        'def downgrade():\n    op.drop_table("other")\n'
    )
    return path


@pytest.mark.parametrize("name", SEEN)
def test_operations_that_drop_are_seen(tmp_path: Path, name: str) -> None:
    """Tables and columns that Alembic's operations drop are listed in their order."""
    body, expected = SEEN[name]
    drops = drops_of(script(tmp_path, body), "upgrade")
    assert [(drop.table, drop.column) for drop in drops] == expected


@pytest.mark.parametrize("name", SQL)
def test_sql_that_destroys_is_seen(tmp_path: Path, name: str) -> None:
    """SQL text that drops or deletes is listed with its table; with its words where rows go."""
    body, table = SQL[name]
    (drop,) = drops_of(script(tmp_path, body), "upgrade")
    assert drop.table == table
    assert bool(drop.statement) == (name in ("delete", "text", "lines"))


def test_the_other_direction_is_left_out(tmp_path: Path) -> None:
    """Only the function that would run is read."""
    path = script(tmp_path, "pass")
    assert drops_of(path, "upgrade") == ()
    assert drops_of(path, "downgrade") == (Drop("other"),)


def test_nothing_of_the_script_runs(tmp_path: Path) -> None:
    """A script that would fail when it is loaded can be read."""
    path = script(tmp_path, 'op.drop_table("users")')
    path.write_text(f"raise SystemExit\n{path.read_text()}")
    assert drops_of(path, "upgrade") == (Drop("users"),)

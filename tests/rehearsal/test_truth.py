"""What a rehearsal shows of a BOOLEAN column is True and False, although SQLite keeps 1 and 0."""

from pathlib import Path

import pytest

from tests.support.revisions import Walk

pytestmark = pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])

CREATE = """
op.create_table(
    "users",
    sa.Column("id", sa.Integer{key}),
    sa.Column("name", sa.String(20)),
    sa.Column("active", sa.Boolean),
)
"""
SWAP = 'op.execute("UPDATE users SET active = NOT active")'


def users(tmp_path: Path, url: str, key: str = ", primary_key=True") -> Walk:
    """Make two users, one of them active."""
    walk = Walk.begin(tmp_path / "walk", url)
    walk.revision("0001", CREATE.format(key=key))
    walk.lab().upgrade()
    walk.sql("INSERT INTO users VALUES (1, 'Ann', true), (2, 'Ann', false)")
    return walk


def samples(walk: Walk, upgrade: str) -> list[tuple[str | None, str | None]]:
    """Rehearse an upgrade, and give the values of `active` before and after."""
    walk.revision("0002", upgrade)
    found = walk.lab().rehearse("0002", "copy").samples
    return [(one.before, one.after) for one in found if one.column == "active"]


def test_changed_truth(tmp_path: Path, database_url: str) -> None:
    """A value that is written over shows what it was and what it is."""
    shown = samples(users(tmp_path, database_url), SWAP)
    assert shown == [("True", "False"), ("False", "True")]


def test_truth_of_rows_that_go(tmp_path: Path, database_url: str) -> None:
    """A row that is deleted shows what it held."""
    shown = samples(users(tmp_path, database_url), 'op.execute("DELETE FROM users WHERE id = 1")')
    assert shown == [("True", None)]


def test_truth_without_a_key(tmp_path: Path, database_url: str) -> None:
    """Values that nobody can be found for are truth as well."""
    walk = users(tmp_path, database_url, key="")
    shown = samples(walk, 'op.execute("UPDATE users SET active = true")')
    assert shown == [("False", None), (None, "True")]


def test_truth_that_becomes_a_number(tmp_path: Path, database_url: str, dialect: str) -> None:
    """What is an integer afterwards shows as one."""
    using = ', postgresql_using="active::integer"' if dialect == "postgresql" else ""
    change = (
        'with op.batch_alter_table("users") as batch:\n'
        '    batch.alter_column("active", type_=sa.Integer(), existing_type=sa.Boolean()'
        f'{using})\nop.execute("UPDATE users SET active = 1 - active")'
    )
    assert samples(users(tmp_path, database_url), change) == [("True", "0"), ("False", "1")]


def test_truth_of_the_rows_in_the_way(tmp_path: Path, database_url: str) -> None:
    """The rows behind a failure show it too."""
    walk = users(tmp_path, database_url)
    walk.revision("0002", 'op.create_index("ix", "users", ["name"], unique=True)')
    failure = walk.lab().rehearse("0002", "copy").failure
    assert failure is not None
    assert [row["active"] for row in failure.rows] == ["True", "False"]

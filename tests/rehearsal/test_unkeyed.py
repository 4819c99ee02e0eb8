"""Rows that no primary key finds again are compared all the same."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

from schema_lab.rehearsal import Rehearsal
from tests.support.revisions import Walk

VISITS = """
op.create_table(
    "visits",
    sa.Column("code", sa.String(20)),
    sa.Column("age", sa.String(20)),
    sa.Column("nick", sa.String(20)),
    sa.Column("note", sa.String(20)),
)
"""
EDITED = """
op.execute("UPDATE visits SET code = substr(code, 1, 3)")
op.execute("UPDATE visits SET nick = NULL WHERE nick = 'none'")
with op.batch_alter_table("visits") as batch:
    batch.alter_column("age", type_=sa.Integer(), existing_type=sa.String(20), **{using})
    batch.drop_column("note")
"""
ROWS = [
    f"('code{number % 5}', {age}, {nick}, 'n')"
    for number, (age, nick) in enumerate(
        [("'30'", "'none'"), ("'007'", "'nan'"), ("'5'", "NULL"), ("NULL", "'none'")] * 5
    )
]
USERS = """
op.create_table(
    "users",
    sa.Column("email", sa.String(40), nullable=False),
    sa.Column("name", sa.String(40)),
    sa.UniqueConstraint("email", name="uq_email"),
)
"""


@pytest.fixture
def visits(tmp_path: Path, database_url: str, dialect: str) -> Walk:
    """Give a table without any key, with rows, and a migration of its values that is to run."""
    walk = Walk.begin(tmp_path / "walk", database_url)
    walk.revision("0001", VISITS, 'op.drop_table("visits")')
    walk.lab().upgrade()
    walk.sql(*(f"INSERT INTO visits VALUES {row}" for row in ROWS))
    using = {"postgresql_using": "age::integer"} if dialect == "postgresql" else {}
    walk.revision("0002", EDITED.format(using=using), "pass")
    return walk


def values_of(walk: Walk, column: str) -> Counter[str]:
    """Count the values of a column, without NULLs."""
    with walk.engine.connect() as connection:
        found = connection.exec_driver_sql(f"SELECT {column} FROM visits").scalars()
        return Counter(str(one) for one in found if one is not None)


def told(rehearsal: Rehearsal) -> set[tuple[str, str | None, int]]:
    """Give losses and changes by kind, column and number."""
    changes = {("over", one.column, one.count) for one in rehearsal.changes}
    return changes | {(one.kind, one.column, one.count) for one in rehearsal.losses}


def gone(before: Counter[str], after: Counter[str]) -> int:
    """Count the values of before that are not there after."""
    return (before - after).total()


def test_values_are_compared_without_a_key(visits: Walk) -> None:
    """What is foretold equals what Python counts when the same migration then runs for real."""
    rehearsal = visits.lab().rehearse()
    columns = ("code", "nick", "age")
    before = {one: values_of(visits, one) for one in columns}
    visits.lab().upgrade(accept_loss=True)
    code, nick, age = (gone(before[one], values_of(visits, one)) for one in columns)
    assert (code, nick, age) == (20, 10, 5)
    assert told(rehearsal) == {
        ("over", "code", code),
        ("nulled", "nick", nick),
        ("changed", "age", age),
        ("column", "note", 20),
    }


def test_it_says_that_the_counts_are_the_least(visits: Walk) -> None:
    """The report does not claim more than it knows."""
    notes = " ".join(visits.lab().rehearse().notes)
    assert "Table `visits` has no common key before and after" in notes
    assert "At least the counted values are lost or changed" in notes


def test_values_that_go_and_come_are_shown(visits: Walk) -> None:
    """The samples name values that are no longer there, and new ones."""
    rows = visits.lab().rehearse().rows
    code = rows[rows["column"] == "code"]
    assert list(code["before"].dropna()) == ["code0", "code1", "code2"]
    assert list(code["after"].dropna()) == ["cod"]


def test_fewer_rows_are_no_changed_values(visits: Walk) -> None:
    """Values that go with their rows are counted as rows."""
    visits.revision("0003", "op.execute(\"DELETE FROM visits WHERE nick = 'nan'\")", "pass")
    visits.lab().upgrade("0002", accept_loss=True)
    assert told(visits.lab().rehearse()) == {("rows", None, 5)}


def users(tmp_path: Path, url: str, upgrade: str) -> Walk:
    """Give a table whose only key is a unique constraint, and a migration that is to run."""
    walk = Walk.begin(tmp_path / "walk", url)
    walk.revision("0001", USERS, 'op.drop_table("users")')
    walk.lab().upgrade()
    walk.sql(*inserts(["ann", "bob", "eve"]))
    walk.revision("0002", upgrade, "pass")
    return walk


def inserts(names: Iterable[str]) -> list[str]:
    """Spell the rows."""
    return [f"INSERT INTO users VALUES ('{one}@x.org', '{one}')" for one in names]


SWAP = """
op.execute(
    "UPDATE users SET name = CASE name WHEN 'ann' THEN 'bob' WHEN 'bob' THEN 'ann' ELSE name END"
)
"""


def test_a_unique_constraint_finds_rows_again(tmp_path: Path, database_url: str) -> None:
    """Two names that change places are seen, since the addresses say whose they are."""
    assert told(users(tmp_path, database_url, SWAP).lab().rehearse()) == {("over", "name", 2)}


def test_the_rows_that_it_finds_are_shown(tmp_path: Path, database_url: str) -> None:
    """The samples name the rows by the unique constraint's values."""
    rows = users(tmp_path, database_url, SWAP).lab().rehearse().rows
    assert list(rows["key"]) == ["ann@x.org", "bob@x.org"]
    assert list(rows["after"]) == ["bob", "ann"]

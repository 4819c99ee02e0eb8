"""A column changes its type over the rows that are there."""

from typing import Any

import pytest
import sqlalchemy as sa

from schema_lab import Lab
from tests.support.labs import be, execute, scalars, users, want

Type = sa.types.TypeEngine[Any]

CONVERSIONS: dict[str, tuple[Type, str, Type, object]] = {
    "wider number": (sa.Integer(), "5", sa.BigInteger(), 5),
    "wider text": (sa.String(20), "'five'", sa.String(80), "five"),
    "unbounded text": (sa.String(20), "'five'", sa.Text(), "five"),
    "number to text": (sa.Integer(), "5", sa.String(20), "5"),
    "narrower text that fits": (sa.String(80), "'five'", sa.String(20), "five"),
}


@pytest.mark.parametrize("name", CONVERSIONS)
def test_values_survive_a_change_of_type(lab: Lab, name: str) -> None:
    """The values are there in the new type, and nothing differs any more."""
    before, written, after, read = CONVERSIONS[name]
    be(lab, users(sa.Column("size", before)))
    execute(lab, f"INSERT INTO users (id, name, size) VALUES (1, 'Ann', {written})")
    want(lab, users(sa.Column("size", after)))
    lab.autogenerate("Change the size").write()
    lab.upgrade(accept_loss=True)
    assert list(lab.drift()) == []
    assert scalars(lab, "SELECT size FROM users") == [read]


@pytest.mark.parametrize("dialect", ["sqlite"])
@pytest.mark.parametrize("column", ["size INTEGER UNIQUE", "size INTEGER, UNIQUE (size)"])
def test_a_column_in_an_unnamed_constraint_is_dropped(lab: Lab, column: str) -> None:
    """On SQLite a column goes together with the unnamed constraint that it stands in."""
    kept = "id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(50) NOT NULL"
    execute(lab, f"CREATE TABLE users ({kept}, {column})")
    execute(lab, "INSERT INTO users VALUES (1, 'Ann', 1)")
    want(lab, users())
    lab.autogenerate("Drop the size").write()
    lab.upgrade(accept_loss=True)
    assert list(lab.columns("users")["column"]) == ["id", "name"]
    assert scalars(lab, "SELECT name FROM users") == ["Ann"]

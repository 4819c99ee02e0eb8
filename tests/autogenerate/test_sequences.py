"""A sequence is created with the table that uses it, and dropped with the last one."""

import pytest
import sqlalchemy as sa

from schema_lab import Lab
from tests.support.labs import execute, scalars, want
from tests.whole_schema.dumped import dumped

pytestmark = pytest.mark.parametrize("dialect", ["postgresql"])


def tickets(*names: str) -> sa.MetaData:
    """Give tables whose numbers come from one sequence, and a table without numbers."""
    metadata = sa.MetaData()
    key = sa.Column("id", sa.Integer, primary_key=True, autoincrement=False)
    sa.Table("keep", metadata, key)
    numbers: sa.Sequence = sa.Sequence("Ticket numbers", start=5, increment=2, metadata=metadata)
    for name in names:
        sa.Table(
            name,
            metadata,
            sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
            sa.Column("number", sa.BigInteger, server_default=numbers.next_value()),
        )
    return metadata


def step(lab: Lab, *names: str) -> None:
    """Migrate to the tables of these names."""
    want(lab, tickets(*names))
    lab.autogenerate("Step").write()
    lab.upgrade()


def sequences(lab: Lab) -> list[str]:
    """Name the sequences of a database."""
    return list(sa.inspect(lab.engine).get_sequence_names())


def test_the_last_table_takes_its_sequence_along(lab: Lab) -> None:
    """The sequence stays while a table uses it; the downgrade creates it with its options."""
    step(lab, "a", "b")
    step(lab, "a")
    assert sequences(lab) == ["Ticket numbers"]
    want(lab, tickets())
    before = dumped(lab)
    lab.autogenerate("Drop all").write()
    lab.upgrade()
    assert sequences(lab) == []
    assert list(lab.drift(full=True)) == []
    lab.downgrade()
    assert dumped(lab) == before
    execute(lab, "INSERT INTO a (id) VALUES (1)")
    assert scalars(lab, "SELECT number FROM a") == [5]


def test_a_sequence_of_others_stays(lab: Lab) -> None:
    """No revision made it, so no revision drops it."""
    execute(lab, 'CREATE SEQUENCE "Ticket numbers"')
    step(lab, "a")
    want(lab, tickets())
    lab.autogenerate("Drop all").write()
    lab.upgrade()
    assert sequences(lab) == ["Ticket numbers"]

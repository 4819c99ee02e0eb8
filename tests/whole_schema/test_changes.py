"""Changes that once failed at the upgrade or were not noticed, there and back, with a row."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
import sqlalchemy as sa

from schema_lab import Lab
from tests.support.labs import execute, scalars, want
from tests.whole_schema.dumped import dumped

Parts = Callable[[], list[sa.schema.SchemaItem]]


@dataclass(frozen=True)
class Change:
    """The parts of a table beside its column n, before and after."""

    before: Parts
    after: Parts


def key(*, unique: bool = False) -> sa.Column[int]:
    """Give the column of the primary key."""
    return sa.Column("id", sa.Integer, primary_key=True, unique=unique)


def plan(kind: sa.types.TypeEngine[str]) -> sa.Column[str]:
    """Give a column of texts."""
    return sa.Column("plan", kind)


def enum(*members: str, name: str | None = None) -> sa.Enum:
    """Give an enum of text with a CHECK."""
    return sa.Enum(*members, name=name, native_enum=False, create_constraint=True)


def moved(*, to_n: bool) -> list[sa.schema.SchemaItem]:
    """Give a table whose key is the one or the other number."""
    names = ("n", "id") if to_n else ("id", "n")
    return [
        sa.Column(name, sa.Integer, primary_key=name == names[0], nullable=False) for name in names
    ]


CHANGES = {
    "unnamed check changed": Change(
        lambda: [key(), sa.Column("n", sa.Integer), sa.CheckConstraint("n > 1")],
        lambda: [key(), sa.Column("n", sa.Integer), sa.CheckConstraint("n > 2")],
    ),
    "unnamed check dropped": Change(
        lambda: [key(), sa.Column("n", sa.Integer), sa.CheckConstraint("n > 1")],
        lambda: [key(), sa.Column("n", sa.Integer)],
    ),
    "primary key moved": Change(lambda: moved(to_n=False), lambda: moved(to_n=True)),
    "check of an expression": Change(
        lambda: [key(), sa.Column("n", sa.Integer)],
        lambda: [key(), n := sa.Column("n", sa.Integer), sa.CheckConstraint(n > 1, name="ck_n")],
    ),
    "column with a check dropped": Change(
        lambda: [
            *(key(), sa.Column("n", sa.Integer), sa.Column("m", sa.Integer)),
            sa.CheckConstraint("m < n"),
        ],
        lambda: [key(), sa.Column("n", sa.Integer)],
    ),
    "text becomes an enum of the same length": Change(
        lambda: [key(), sa.Column("n", sa.Integer), plan(sa.String(3))],
        lambda: [key(), sa.Column("n", sa.Integer), plan(enum("pro", "new", name="plan"))],
    ),
    "members of an unnamed enum": Change(
        lambda: [key(), sa.Column("n", sa.Integer), plan(enum("pro", "new"))],
        lambda: [key(), sa.Column("n", sa.Integer), plan(enum("pro", "new", "old"))],
    ),
}


def models(parts: Parts) -> sa.MetaData:
    """Give a table of these parts."""
    metadata = sa.MetaData()
    sa.Table("thing", metadata, *parts())
    return metadata


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_noticed_made_and_taken_back(lab: Lab, change: str) -> None:
    """The drift names it, the upgrade ends it and keeps the row, and the downgrade undoes it."""
    lab.models.metadata.naming_convention = sa.MetaData().naming_convention
    want(lab, models(CHANGES[change].before))
    lab.autogenerate("Before").write()
    lab.upgrade()
    execute(lab, "INSERT INTO thing (id, n) VALUES (1, 7)")
    dump = dumped(lab)
    want(lab, models(CHANGES[change].after))
    assert lab.drift()
    lab.autogenerate("After").write()
    lab.upgrade()
    drift = lab.drift(full=True)
    assert not drift
    assert drift.not_compared == ()
    lab.downgrade()
    assert dumped(lab) == dump
    assert scalars(lab, "SELECT n FROM thing") == [7]


@pytest.mark.parametrize("dialect", ["postgresql"])
def test_a_unique_that_postgresql_leaves_out_is_no_drift(lab: Lab) -> None:
    """A primary key with `unique=True` has no constraint beside it, as in CREATE TABLE."""
    want(lab, models(lambda: [key(), sa.Column("n", sa.Integer)]))
    lab.autogenerate("Before").write()
    lab.upgrade()
    want(lab, models(lambda: [key(unique=True), sa.Column("n", sa.Integer)]))
    assert not lab.drift()


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_rows_get_a_renamed_member_of_an_unnamed_enum(lab: Lab) -> None:
    """They change between two copies: the first drops the former CHECK, the second has the new."""
    lab.models.metadata.naming_convention = sa.MetaData().naming_convention
    want(lab, models(lambda: [key(), plan(enum("pro", "new"))]))
    lab.autogenerate("Before").write()
    lab.upgrade()
    execute(lab, "INSERT INTO thing (id, plan) VALUES (1, 'new')")
    want(lab, models(lambda: [key(), plan(enum("pro", "trial"))]))
    lab.autogenerate("After").member("thing.plan", "new", to="trial").write()
    lab.upgrade()
    assert scalars(lab, "SELECT plan FROM thing") == ["trial"]
    assert not lab.drift(full=True)

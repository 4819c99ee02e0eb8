"""CHECKs that neither a model nor a naming convention names show no drift after their upgrade."""

from typing import Any

import pytest
import sqlalchemy as sa

from schema_lab import Lab
from tests.support.labs import execute, want

SERVERS = pytest.mark.parametrize("dialect", ["postgresql", "mariadb"])


def enum(*members: str) -> sa.Enum:
    """Give an enum of text with a CHECK."""
    return sa.Enum(*members, native_enum=False, create_constraint=True)


CHANGES: dict[str, tuple[list[Any], list[Any]]] = {
    "enum": ([], [sa.Column("k", enum("a", "b"))]),
    "odd name": ([], [sa.Column("Kind x", enum("a", "b"))]),
    "members": ([sa.Column("k", enum("a", "b"))], [sa.Column("k", enum("a", "b", "c"))]),
    "list": (
        [sa.Column("k", sa.String(3))],
        [sa.Column("k", sa.String(3)), sa.CheckConstraint("k IN ('a', 'b''c, d')")],
    ),
    "added": (
        [sa.Column("k", sa.Integer)],
        [sa.Column("k", sa.Integer), sa.CheckConstraint("k > 1"), sa.CheckConstraint("k < 9")],
    ),
}


def models(parts: list[Any]) -> sa.MetaData:
    """Give a table with a key and these parts."""
    metadata = sa.MetaData()
    key = sa.Column("id", sa.Integer, primary_key=True)
    sa.Table("thing", metadata, key, *(part._copy() for part in parts))
    return metadata


@SERVERS
@pytest.mark.parametrize("change", CHANGES)
def test_nothing_differs_there_and_back(lab: Lab, change: str) -> None:
    """The drift is empty after the upgrade, and after the downgrade to the models before."""
    before, after = CHANGES[change]
    lab.models.metadata.naming_convention = sa.MetaData().naming_convention
    want(lab, models(before))
    lab.autogenerate("Before").write()
    lab.upgrade()
    execute(lab, "INSERT INTO thing (id) VALUES (1)")
    want(lab, models(after))
    lab.autogenerate("After").write()
    lab.upgrade()
    assert list(lab.drift(full=True)) == []
    lab.downgrade()
    want(lab, models(before))
    assert list(lab.drift(full=True)) == []

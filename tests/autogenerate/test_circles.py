"""Tables that refer to each other in a circle are created and dropped."""

import pytest
import sqlalchemy as sa

from schema_lab import Lab
from tests.support.labs import want


def circle(*, use_alter: bool = False) -> sa.MetaData:
    """Give three tables in a circle, and one that refers to itself and to the circle."""
    metadata = sa.MetaData()
    for name, target in (("a", "b"), ("b", "c"), ("c", "a"), ("d", "d")):
        key = sa.ForeignKey(f"{target}.id", name=f"fk_{name}", use_alter=use_alter)
        id_: sa.Column[int] = sa.Column("id", sa.Integer, primary_key=True)
        sa.Table(name, metadata, id_, sa.Column("next", key))
    more = sa.ForeignKey("a.id", name="fk_more")
    metadata.tables["d"].append_column(sa.Column("a_id", more))
    return metadata


def keys(lab: Lab) -> set[str]:
    """Name the foreign keys of a database."""
    found = sa.inspect(lab.engine)
    return {
        str(key["name"])
        for table in found.get_table_names()
        for key in found.get_foreign_keys(table)
    }


ALL = {"fk_a", "fk_b", "fk_c", "fk_d", "fk_more"}


@pytest.mark.parametrize("use_alter", [False, True], ids=["", "use_alter"])
def test_a_circle_goes_there_and_back(lab: Lab, *, use_alter: bool) -> None:
    """All keys are there after the upgrade and no table after the downgrade, again and again."""
    want(lab, circle(use_alter=use_alter))
    lab.autogenerate("Create a circle").write()
    for _ in range(2):
        lab.upgrade()
        assert keys(lab) == ALL
        assert list(lab.drift(full=True)) == []
        lab.downgrade()
        assert keys(lab) == set()
    lab.upgrade()
    metadata = sa.MetaData()
    sa.Table("e", metadata, sa.Column("id", sa.Integer, primary_key=True))
    want(lab, metadata)
    candidate = lab.autogenerate("Drop the circle")
    candidate.write()
    for _ in range(2):
        lab.upgrade()
        assert list(lab.tables()["table"]) == ["e"]
        lab.downgrade()
        assert keys(lab) == ALL

"""Every constraint and index gets a name."""

import pytest
import sqlalchemy as sa
from sqlalchemy.schema import CreateTable

from schema_lab.models import NAMING_CONVENTION

TABLE = sa.Table(
    "part",
    sa.MetaData(naming_convention=NAMING_CONVENTION),
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("kind", sa.Text),
    sa.Column("number", sa.Integer, index=True),
    sa.Column("whole", sa.ForeignKey("part.id")),
    sa.UniqueConstraint("kind", "number"),
    sa.CheckConstraint("number > 0", name="positive"),
    sa.ForeignKeyConstraint(["kind", "number"], ["part.kind", "part.number"]),
    sa.Index(None, "kind", "number"),
)


@pytest.mark.parametrize(
    "name",
    [
        "pk_part",
        "uq_part_kind_number",
        "ck_part_positive",
        "fk_part_whole_part",
        "fk_part_kind_number_part",
    ],
)
def test_a_constraint_has_a_name(name: str) -> None:
    """The name says kind, table and all columns."""
    assert f"CONSTRAINT {name} " in str(CreateTable(TABLE))


def test_an_index_is_named_after_all_its_columns() -> None:
    """Two indexes that start with the same column have different names."""
    names = {each.name for each in TABLE.indexes}
    assert names == {"ix_part_number", "ix_part_kind_number"}

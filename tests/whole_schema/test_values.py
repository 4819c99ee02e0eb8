"""Values that a change does not take along are announced; computed ones are made again."""

import pytest
import sqlalchemy as sa

from schema_lab import Lab
from tests.support.labs import execute, want
from tests.whole_schema.pairs import models


def made(lab: Lab, metadata: sa.MetaData) -> None:
    """Migrate to models, with a row in the table."""
    want(lab, metadata)
    lab.autogenerate("Before").write()
    lab.upgrade()
    execute(lab, "INSERT INTO thing (id, a, n) VALUES (1, 'x', 7)")


def codes(lab: Lab) -> set[str]:
    """Give the codes of the review's findings about the next candidate."""
    return {finding.code for finding in lab.autogenerate("After").review().findings}


def test_values_of_a_column_that_becomes_computed_are_announced(lab: Lab) -> None:
    """The review finds them, and the losses count them."""
    made(lab, models(computed=""))
    execute(lab, "UPDATE thing SET c = 4")
    want(lab, models(computed="n * 2"))
    assert "SL101" in codes(lab)
    lab.autogenerate("After").write()
    (loss,) = lab.losses("upgrade", "head")
    assert (loss.name, loss.values) == ("thing.c", 1)


def test_a_computed_column_with_another_expression_loses_nothing(lab: Lab) -> None:
    """Its values come from other columns, and its table keeps its rows."""
    made(lab, models(computed="n * 2"))
    want(lab, models(computed="n * 3"))
    assert not {"SL101", "SL102"} & codes(lab)
    lab.autogenerate("After").write()
    assert lab.losses("upgrade", "head") == ()


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_rows_of_a_copied_table_are_not_lost(lab: Lab) -> None:
    """A copy by SQL takes the table's name, so that its DROP TABLE is none."""
    made(lab, models())
    want(lab, models(key=("id", "a"), auto=False))
    assert "SL102" not in codes(lab)
    lab.autogenerate("After").write()
    assert lab.losses("upgrade", "head") == ()

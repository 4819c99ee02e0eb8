"""Each thing that a table has is noticed, changed and changed back, with a row in the table."""

import pytest

from tests.support.labs import execute, scalars, want
from tests.whole_schema.conftest import Before
from tests.whole_schema.dumped import dumped
from tests.whole_schema.pairs import ALL, PAIRS, Pair, models

CASES = [
    pytest.param(dialect, pair, id=f"{dialect}-{pair.about}")
    for dialect in ALL
    for pair in PAIRS
    if dialect in pair.dialects
]


@pytest.mark.parametrize(("dialect", "pair"), CASES)
def test_a_change_is_noticed_made_and_taken_back(before: Before, dialect: str, pair: Pair) -> None:
    """The drift names it, the upgrade removes it, and the downgrade gives the schema before."""
    with before(dialect, pair) as (lab, dump):
        assert not lab.drift(), "the models that were just created"
        execute(lab, "INSERT INTO thing (id, a, n) VALUES (1, 'x', 7)")
        want(lab, models(**pair.after))
        assert lab.drift(), "the change"
        revision = lab.autogenerate("After").write()
        lab.upgrade()
        assert not lab.drift(full=True), "after the upgrade"
        assert scalars(lab, "SELECT a FROM thing WHERE n = 7") == ["x"]
        lab.downgrade()
        assert dumped(lab) == dump
        assert scalars(lab, "SELECT a FROM thing WHERE n = 7") == ["x"]
        execute(lab, "DELETE FROM thing")
        assert revision.path is not None
        revision.path.unlink()

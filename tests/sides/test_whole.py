"""Two databases are compared as whole as the models with a database."""

import pytest

from tests.support.labs import want
from tests.whole_schema.conftest import Before, before
from tests.whole_schema.pairs import Pair, models
from tests.whole_schema.test_pairs import CASES

__all__ = ["before"]


@pytest.mark.parametrize(("dialect", "pair"), CASES)
def test_what_drift_sees_is_seen_between_revisions(
    before: Before, dialect: str, pair: Pair
) -> None:
    """Both directions name a change that drift names, and the SQL differs."""
    with before(dialect, pair) as (lab, _):
        want(lab, models(**pair.after))
        drift = lab.drift()
        assert lab.compare("database", "models").operations == drift.operations
        assert lab.compare("models", "database").operations
        revision = lab.autogenerate("After").write()
        there, back = lab.compare("database", "head"), lab.compare("head", "database")
        assert there.operations
        assert back.operations
        assert there.diff()
        assert revision.path is not None
        revision.path.unlink()

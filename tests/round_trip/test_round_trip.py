"""Random models go to the database and back by the scripts that the lab writes."""

import os
import re
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, reject, settings
from hypothesis import strategies as st

from schema_lab.errors import InputError
from tests.round_trip.edits import edited
from tests.round_trip.spec import models
from tests.round_trip.strategies import schemas
from tests.round_trip.walk import Walk
from tests.support.servers import SERVERS, fresh_database

EXAMPLES = int(os.environ.get("SCHEMA_LAB_ROUND_TRIPS", "0"))
"""How many examples a long run draws, at random, on every dialect; the usual run is short."""
SEEDED = EXAMPLES > 0 and os.environ.get("SCHEMA_LAB_SHRINK") != "1"
"""A long run stops at the first failure; SCHEMA_LAB_SHRINK=1 makes the example small."""


@pytest.fixture(scope="module", params=["sqlite", *(SERVERS if EXAMPLES else ())])
def walk(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Walk]:
    """Open one database for all examples."""
    folder = tmp_path_factory.mktemp("round_trip")
    with fresh_database(request.param, folder) as url, Walk.on(url, folder) as opened:
        yield opened


@pytest.mark.timeout(0 if EXAMPLES else 300)
@settings(
    max_examples=EXAMPLES or 20,
    derandomize=not EXAMPLES,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate, *(() if SEEDED else (Phase.shrink,))),
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
def test_models_go_there_and_back(walk: Walk, data: st.DataObject) -> None:
    """A script makes the models so; an edit's script does, and its downgrade takes it back."""
    dialect = walk.dialect if walk.dialect != "mysql" else "mariadb"
    first = data.draw(schemas(dialect), label="first")
    second = data.draw(edited(dialect, first), label="second")
    try:
        there_and_back(walk, models(first, dialect), models(second, dialect))
    except InputError:  # a name that the database cannot keep: refused before a script is written
        reject()


def there_and_back(walk: Walk, a: sa.MetaData, b: sa.MetaData) -> None:
    """Go from nothing to a, to b, back, forward again and back to nothing; look at each step."""
    walk.project = a
    walk.clear()
    walk.make(b)
    wanted = walk.picture()
    walk.clear()
    walk.make(a)
    meant = walk.picture()
    walk.clear()
    create = walk.write(walk.compare(a))
    walk.run(create, "upgrade")
    same(walk.drift(a), [])
    same(walk.picture(), meant)
    comparison = walk.compare(b)
    step = walk.write(comparison)
    walk.run(step, "upgrade")
    same(walk.drift(b), [])
    after = walk.picture()
    walk.run(step, "downgrade")
    same(_sayings(walk.drift(b)), _sayings(map(str, comparison.operations)))
    same(walk.picture(), meant)
    walk.run(step, "upgrade")
    same(walk.picture(), after)
    same(after, wanted)
    walk.run(step, "downgrade")
    walk.run(create, "downgrade")
    assert walk.picture().keys() <= {"(types)"}


def _sayings(operations: Iterable[str]) -> list[str]:
    """Sort, without the name that InnoDB gave its own index; those of random schemas begin so."""
    return sorted(re.sub(r"^- drop index (?!ix).* on ", "- drop index on ", o) for o in operations)


def same(found: Any, expected: Any) -> None:
    """Say what differs, table by table."""
    if found == expected:
        return
    if isinstance(found, dict) and isinstance(expected, dict):
        for key in found.keys() | expected.keys():
            if found.get(key) != expected.get(key):
                same(found.get(key), expected.get(key))
    raise AssertionError(f"found {found!r}\nexpected {expected!r}")

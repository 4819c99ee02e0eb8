"""Each rule on each database: what it says of an operation, and where it is silent."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from schema_lab.database.connections.engines import engine_for
from schema_lab.review.rules import RULES
from tests.review.examples import ALL, EXAMPLES, Example
from tests.support.changes import findings
from tests.support.servers import fresh_database

GONE = ("DROP VIEW IF EXISTS seen", "DROP TABLE IF EXISTS orders", "DROP TABLE IF EXISTS users")
CASES = [
    pytest.param(dialect, one, id=f"{one.code}-{'says' if one.says else 'silent'}-{dialect}-{at}")
    for dialect in ALL
    for at, one in enumerate(EXAMPLES)
    if dialect in one.dialects
]


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, sa.Engine]]:
    """Keep one database for each dialect, opened when it is first needed."""
    opened: dict[str, sa.Engine] = {}
    databases = []
    folder = tmp_path_factory.mktemp("examples")

    class Engines(dict[str, sa.Engine]):
        def __missing__(self, dialect: str) -> sa.Engine:
            database = fresh_database(dialect, folder)
            databases.append(database)
            opened[dialect] = self[dialect] = engine_for(sa.make_url(database.__enter__()))
            return opened[dialect]

    yield Engines()
    for one in opened.values():
        one.dispose()
    for database in databases:
        database.__exit__(None, None, None)


@pytest.mark.parametrize(("dialect", "example"), CASES)
def test_a_rule_says(dialect: str, example: Example, engines: dict[str, sa.Engine]) -> None:
    """D1, D3, D4, D5, D6: the rule gives the one sentence, with numbers, or none."""
    engine = engines[dialect]
    with engine.begin() as connection:
        for statement in (*GONE, *example.before):
            connection.exec_driver_sql(statement)
    found = findings(example.code, engine, *example.upgrade, downgrade=example.downgrade)
    assert [one.sentence for one in found] == ([example.says] if example.says else [])


def test_each_rule_has_examples() -> None:
    """No rule on operations is without an example that it finds and one at which it is silent."""
    said = {one.code for one in EXAMPLES if one.says}
    silent = {one.code for one in EXAMPLES if not one.says}
    on_scripts = {"SL001", "SL002", "SL003"}
    assert {rule.CODE for rule in RULES} - on_scripts == said == silent

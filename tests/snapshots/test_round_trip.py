"""A restored database equals the one of which the snapshot was taken."""

from schema_lab import Lab
from tests.snapshots import rich
from tests.support.dump import schema_dump


def test_a_restore_brings_back_schema_and_rows(rich_lab: Lab) -> None:
    """Tables, views, triggers, sequences, enums, generated columns, keys and rows are as before."""
    url = rich_lab.engine.url
    before = schema_dump(url)
    snapshot = rich_lab.snapshot()
    rich.go_on(rich_lab.engine)
    assert schema_dump(url) != before
    rich_lab.restore(snapshot)
    assert schema_dump(url) == before

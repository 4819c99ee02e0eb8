"""docs/compared.md says what the readers read."""

import runpy
from pathlib import Path

import pytest
import sqlalchemy as sa

from schema_lab.compare.spelled_models import READERS, model_spelling
from tests.whole_schema.pairs import index, models

REPOSITORY = Path(__file__).parents[2]


def test_the_page_is_up_to_date() -> None:
    """Where it is not, run `python scripts/compared.py`."""
    made = runpy.run_path(str(REPOSITORY / "scripts" / "compared.py"))["page"]()
    assert (REPOSITORY / "docs" / "compared.md").read_text() == made


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql", "mariadb"])
def test_a_reader_gives_no_row_of_a_kind_that_it_does_not_name(engine: sa.Engine) -> None:
    """Every row of a table with a bit of all is of a kind that stands on the page."""
    collation = {"sqlite": "NOCASE", "postgresql": "C"}.get(engine.dialect.name, "utf8mb4_bin")
    table = models(computed="n * 2", text="x", collation=collation, **index("a")).tables["thing"]
    with engine.connect() as connection:
        kinds = {row.kind for row in model_spelling(connection, table)}
    assert kinds <= set(READERS[engine.dialect.name].KINDS)
    assert {"check", "computed", "default", "foreign key", "index", "unique"} <= kinds

"""tables: which tables are in the database, and how full they are."""

import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from schema_lab.errors import InputError
from schema_lab.schema.frames.tables import rows, tables
from tests.database.conftest import HOSTILE_NAMES, execute


def test_tables_are_listed_with_their_rows_and_columns(filled: sa.Engine) -> None:
    """Each table stands in one line, sorted by name."""
    assert tables(filled).to_dict("records") == [
        {"table": "alembic_version", "rows": 0, "columns": 1},
        {"table": "teams", "rows": 1, "columns": 1},
        {"table": "users", "rows": 3, "columns": 4},
    ]


def test_hidden_tables_are_not_listed(filled: sa.Engine) -> None:
    """The version table need not be shown."""
    listed = tables(filled, hidden=frozenset({"alembic_version"}))
    assert listed["table"].tolist() == ["teams", "users"]


def test_an_empty_database_has_the_same_columns(engine: sa.Engine) -> None:
    """Columns and dtypes do not depend on there being a table."""
    listed = tables(engine)
    assert listed.empty
    assert listed.dtypes.astype(str).to_dict() == {
        "table": "string",
        "rows": "int64",
        "columns": "int64",
    }


def test_views_are_not_listed(filled: sa.Engine) -> None:
    """Only tables are tables."""
    execute(filled, "CREATE VIEW adults AS SELECT * FROM users")
    assert "adults" not in tables(filled)["table"].tolist()
    with pytest.raises(InputError, match="adults"):
        rows(filled, "adults")


def test_hostile_names_are_listed_as_they_are(hostile: sa.Engine) -> None:
    """I3: quotes, %, reserved words, unicode and markup come back unchanged."""
    listed = tables(hostile)
    assert listed["table"].tolist() == HOSTILE_NAMES
    assert set(listed["rows"]) == {1}


def test_the_package_is_imported_without_pandas() -> None:
    """Pandas is loaded when the first table is shown, not by `import schema_lab.database`."""
    code = "import sys, schema_lab.database; print('pandas' in sys.modules)"
    root = Path(__file__).parents[2]
    shown = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    assert shown.stdout == "False\n"

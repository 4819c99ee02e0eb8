"""The two lines in env.py: there, and there alone, `alembic` compares as the lab does."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.conftest import RunAlembic

SQLITE = pytest.mark.parametrize("dialect", ["sqlite"])
MODELS = """
import sqlalchemy as sa

target_metadata = sa.MetaData()
people = sa.Table("people", target_metadata, sa.Column("name", sa.String(50)))
sa.Index("ix_people_lower_name", sa.func.lower(people.c.name))
"""
PLAIN = """
connection = sa.create_engine(os.environ["DATABASE_URL"]).connect()
context.configure(connection=connection, target_metadata=target_metadata)
with context.begin_transaction():
    context.run_migrations()
"""


@pytest.fixture
def env_py(project: Path, database_url: str) -> Path:
    """Let the models ask for an index on an expression that the database lacks."""
    for revision in (project / "alembic" / "versions").glob("*.py"):
        revision.unlink()
    engine = sa.create_engine(database_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE people (name VARCHAR(50))")
    engine.dispose()
    path = project / "alembic" / "env.py"
    text = path.read_text()
    assert "target_metadata = Model.metadata\n" in text
    path.write_text(text.replace("target_metadata = Model.metadata\n", MODELS))
    return path


@SQLITE
def test_an_index_on_an_expression_is_compared(env_py: Path, run_alembic: RunAlembic) -> None:
    """With the two lines, `alembic check` sees what the notebook sees."""
    result = run_alembic("check")
    assert "ix_people_lower_name" in result.stdout + result.stderr
    assert result.returncode != 0


@SQLITE
def test_a_revision_holds_it(env_py: Path, run_alembic: RunAlembic) -> None:
    """`alembic revision --autogenerate` renders after env.py is done, and as the lab does."""
    assert run_alembic("revision", "--autogenerate", "-m", "Index").returncode == 0
    (written,) = (env_py.parent / "versions").glob("*.py")
    assert "op.create_index('ix_people_lower_name', 'people', [sa.literal_column" in (
        written.read_text()
    )


@SQLITE
def test_without_the_lines_alembic_is_plain(env_py: Path, run_alembic: RunAlembic) -> None:
    """An env.py that imports the lab and configures Alembic itself has Alembic's comparison."""
    first = "import os\nimport schema_lab.migrate\nfrom alembic import context\n"
    env_py.write_text(first + MODELS + PLAIN)
    result = run_alembic("check")
    assert "No new upgrade operations detected." in result.stdout
    assert result.returncode == 0

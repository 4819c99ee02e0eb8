"""A lab on an Alembic project with no revision and no models of its own, on each dialect."""

from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from schema_lab import Lab
from schema_lab.history.entries import OWN
from schema_lab.migrate.entries import write_entries
from schema_lab.models.tables import copied_into
from schema_lab.scratch import scratch_project


@pytest.fixture
def lab(tmp_path: Path, database_url: str) -> Lab:
    """Open a lab on an empty database to lose; its models are those of the test."""
    return to_lose(opened(tmp_path, database_url))


def opened(tmp_path: Path, database_url: str) -> Lab:
    """Open a lab on a database that is no throwaway."""
    folder = tmp_path / "lab"
    folder.mkdir()
    return Lab(database_url, config=scratch_project(folder).ini)


def to_lose(lab: Lab) -> Lab:
    """Let the lab's database be one to lose, so that no step asks what may go."""
    lab._environment = replace(lab._environment, throwaway=True)
    return lab


def users(*parts: sa.schema.SchemaItem, comment: str | None = None) -> sa.MetaData:
    """Give the models: one table users with a key, a name and what a test adds."""
    metadata = sa.MetaData()
    sa.Table(
        "users",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(50), nullable=False),
        *parts,
        comment=comment,
    )
    return metadata


def be(lab: Lab, metadata: sa.MetaData) -> None:
    """Create the tables in the lab's database without a migration, as the project's own."""
    metadata.create_all(lab.engine)
    write_entries(lab._environment.project.ini, OWN, list(metadata.tables))


def want(lab: Lab, metadata: sa.MetaData) -> None:
    """Let the tables be the lab's models, in the place of those it had."""
    lab.models.metadata.clear()
    for table in metadata.tables.values():
        copied_into(table, lab.models.metadata)


def execute(lab: Lab, *statements: str) -> None:
    """Run SQL on the lab's database and commit."""
    with lab.engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def scalars(lab: Lab, query: str) -> list[object]:
    """Read the first column of a query."""
    with lab.engine.connect() as connection:
        return list(connection.exec_driver_sql(query).scalars())


def filled_in(lab: Lab, message: str, upgrade: str, downgrade: str = "pass") -> str:
    """Write a revision by hand and give its id."""
    revision = lab.revision(message)
    assert revision.path is not None
    head, tail = revision.code.split("def downgrade")
    head = head.replace("    pass", _indented(upgrade))
    tail = tail.replace("    pass", _indented(downgrade))
    revision.path.write_text(f"{head}def downgrade{tail}", encoding="utf-8")
    return revision.id


def _indented(body: str) -> str:
    return "\n".join(f"    {line}" for line in body.splitlines())

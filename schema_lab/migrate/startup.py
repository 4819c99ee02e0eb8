"""Migrations at an application's start-up, safe when several replicas start at once."""

import warnings
from pathlib import Path

import sqlalchemy as sa

from schema_lab.errors import ModelError
from schema_lab.history import Environment, Project, as_lab_errors, project_metadata
from schema_lab.migrate.connection import ready
from schema_lab.migrate.run import Run
from schema_lab.migrate.runner import upgrade


def init_db(
    url: str | sa.URL | None = None,
    *,
    config: str | Path | None = None,
    target: str = "head",
    timeout: float = 60,
    create_missing: bool = False,
    metadata: sa.MetaData | None = None,
) -> Run:
    """Upgrade the database to a target before an application serves; changes the database.

    Parameters
    ----------
    url
        The database; by default DATABASE_URL, else the embedded SQLite file.
    config
        The project's alembic.ini; by default the nearest in the working directory or above.
    target
        The revision to reach.
    timeout
        Seconds to wait for another replica that migrates.
    create_missing
        For development only: afterwards create the tables of the models that no migration makes.
    metadata
        The models; by default env.py's target_metadata.

    Returns
    -------
    Run
        With no revisions when the database was already there.

    Raises
    ------
    SchemaLabError
        When the database cannot be reached or a migration fails; the application must not serve.
    """
    project = Project.chosen(config)
    environment = Environment(project, project.url(url), timeout)
    run = upgrade(environment, target, resume=True)
    if create_missing:
        _create_missing(environment, metadata)
    return run


def _create_missing(environment: Environment, metadata: sa.MetaData | None) -> None:
    models = metadata if metadata is not None else project_metadata(environment)
    if not isinstance(models, sa.MetaData):
        raise ModelError("env.py names no single target_metadata.", "Pass metadata= to init_db.")
    with (
        as_lab_errors(environment.url),
        environment.engine.connect() as connection,
        ready(connection, environment.wait),
        connection.begin(),
    ):
        there = sa.inspect(connection)
        missing = [
            table
            for table in models.sorted_tables
            if not there.has_table(table.name, schema=table.schema)
        ]
        models.create_all(connection, tables=missing)
    if missing:
        names = ", ".join(table.fullname for table in missing)
        warnings.warn(
            f"init_db created tables that no migration makes: {names}. "
            "Write a revision for them before you deploy.",
            stacklevel=3,
        )

"""Alembic's environment for this project: which models, which database, how to migrate."""

from logging.config import fileConfig

from alembic import context

from examples.models import Model
from schema_lab.migrate import run_offline, run_online

target_metadata = Model.metadata

if context.config.config_file_name is not None:
    fileConfig(context.config.config_file_name, disable_existing_loggers=False)


def run_migrations_offline() -> None:
    """Write the SQL to stdout; no database is touched."""
    run_offline(context, target_metadata)


def run_migrations_online() -> None:
    """Run on the database that DATABASE_URL names."""
    run_online(context, target_metadata)


if context.is_offline_mode():
    run_migrations_offline()
else:
    run_migrations_online()

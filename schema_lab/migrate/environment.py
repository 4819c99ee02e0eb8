"""What `alembic/env.py` calls: one recipe for the command line and for the notebook."""

import logging
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any, Literal

import sqlalchemy as sa
from alembic.util import CommandError

from schema_lab.autogenerate import ASKING, IGNORING, Asking, Ignoring, comparison_options
from schema_lab.database import engine_for
from schema_lab.errors import MigrationError, SchemaLabError
from schema_lab.history import (
    READY,
    URL,
    Project,
    ignored_in,
    translate,
)
from schema_lab.migrate.answers import kept_answers
from schema_lab.migrate.command_line import LOCK_TIMEOUT, Change, run_command


def run_offline(context: Any, target_metadata: sa.MetaData | None) -> None:
    """Write the SQL of the current command instead of running it.

    Parameters
    ----------
    context
        The module `alembic.context`.
    target_metadata
        The models.
    """
    url = _url(context)
    dialect = url.get_backend_name()
    context.configure(
        url=url.set(password=None),
        target_metadata=target_metadata,
        literal_binds=True,
        dialect_opts={"paramstyle": "named"},
        transactional_ddl=transactional(dialect),
        **comparison_options(dialect),
    )
    with context.begin_transaction():
        context.run_migrations()


def run_online(context: Any, target_metadata: sa.MetaData | None) -> None:
    """Run the current command on the database, in one transaction where the database can.

    Connects to DATABASE_URL, or takes the connection or engine that a program hands in as
    `config.attributes["connection"]`. Commands that change the database take the migration lock
    and keep foreign keys whole.

    Parameters
    ----------
    context
        The module `alembic.context`.
    target_metadata
        The models.

    Raises
    ------
    CommandError
        With the lab's sentence, which the command line prints without a traceback.
    """
    ready_connection = context.config.attributes.get(READY)
    if ready_connection is not None:
        _configure(context, ready_connection, target_metadata)
        run_command(context)
        return
    url = _url(context)
    try:
        with _connection(context) as connection:
            with _once_only():
                _configure(context, connection, target_metadata)
            if "destination_rev" in context.get_context().opts:
                configure = partial(_configure, context, connection, target_metadata)
                Change(context, connection, configure, _project(context).ini).run(url)
            else:
                run_command(context)
    except Exception as error:
        said = error if isinstance(error, SchemaLabError) else translate(error, url)
        if said is None:
            raise
        raise CommandError(str(said)) from None


@contextmanager
def _once_only() -> Iterator[None]:
    """Keep Alembic from logging here what it logs again when the command itself is configured."""
    logger = logging.getLogger("alembic.runtime.migration")
    before, logger.disabled = logger.disabled, True
    try:
        yield
    finally:
        logger.disabled = before


def _connection(context: Any) -> AbstractContextManager[sa.Connection]:
    """Give what a program handed in, or a connection of our own.

    An open transaction is refused: Alembic would leave its end to a program that may never commit.
    """
    given = context.config.attributes.get("connection")
    if not isinstance(given, sa.Connection):
        return (given or engine_for(_url(context), LOCK_TIMEOUT)).connect()
    if given.in_transaction():
        raise MigrationError(
            "The connection handed to Alembic has an open transaction, "
            "in which Alembic would not commit.",
            "Commit or roll back on it first, or hand in the engine.",
        )
    return nullcontext(given)


def _configure(
    context: Any, connection: sa.Connection, target_metadata: sa.MetaData | None, **hooks: Any
) -> None:
    dialect, project = connection.dialect.name, _project(context)
    known = {
        ASKING: Asking(kept_answers(project.root), aloud=True),
        IGNORING: Ignoring(ignored_in(project.ini), aloud=True),
    }
    context.configure(
        connection=connection,
        target_metadata=target_metadata,
        transactional_ddl=transactional(dialect),
        **comparison_options(dialect),
        **known,
        **hooks,
    )


def transactional(dialect: str) -> Literal[True] | None:
    """Say whether DDL runs in one transaction here though Alembic does not do so by itself."""
    return True if dialect == "sqlite" else None


def _url(context: Any) -> sa.URL:
    """Give the URL of the lab that runs env.py, or the one that the project itself names."""
    given: sa.URL | None = context.config.attributes.get(URL)
    return given or _project(context).url()


def _project(context: Any) -> Project:
    ini = context.config.config_file_name
    script = Path(context.config.get_main_option("script_location"))
    return Project(Path(ini).resolve() if ini else script.parent / "alembic.ini")

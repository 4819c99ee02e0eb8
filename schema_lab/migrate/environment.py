"""What `alembic/env.py` calls, on the command line as in the notebook.

It also reads and writes the answers that a project keeps in .schema_lab/answers.json: the
command line takes them from there for the next autogenerate of the same change.
"""

import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic.util import CommandError

from schema_lab.candidate import ASKING, Answer, Asking, comparison_options
from schema_lab.compare import IGNORING, OWNERSHIP, Ignoring, compare_with_ours
from schema_lab.compare.others import ownership_in
from schema_lab.database import DEFAULT_WAIT, engine_for
from schema_lab.database.own import alone, write_at_once
from schema_lab.errors import MigrationError, SchemaLabError, in_terminal
from schema_lab.history import (
    PROBE,
    READY,
    URL,
    ChecksumFile,
    Project,
    check_when_loaded,
    fresh_sources,
    ignored_in,
    translate,
)
from schema_lab.migrate.driver import Connect, MigrationRun
from schema_lab.migrate.run import Request, Work
from schema_lab.migrate.safeguards import transactional
from schema_lab.schema import reflected_word_for_word

FILE = Path(".schema_lab", "answers.json")


def kept_answers(root: Path) -> tuple[Answer, ...]:
    """Read a project's answers; a file that cannot be read counts as none. Read-only."""
    with suppress(OSError, ValueError, TypeError, KeyError, AttributeError):
        saved = json.loads((root / FILE).read_text(encoding="utf-8"))
        return tuple(
            Answer(
                answer["kind"],
                answer["about"],
                tuple(answer["value"]),
                answer["change"],
                kept=True,
            )
            for answer in saved
        )
    return ()


def keep_answers(root: Path, answers: tuple[Answer, ...]) -> None:
    """Replace a project's answers; changes only that file.

    Where the folder cannot be written, the answers apply to this candidate only.
    """
    saved = [
        {"kind": each.kind, "about": each.about, "value": each.value, "change": each.change}
        for each in answers
    ]
    with suppress(OSError), alone(root / FILE):
        write_at_once(root / FILE, json.dumps(saved, indent=2, ensure_ascii=False) + "\n")


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
    `config.attributes["connection"]`. Commands that migrate go through the migration driver.

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
        with context.begin_transaction():
            context.run_migrations()
        return
    url = _url(context)
    try:
        connect = _connect(context)
        with connect() as connection:
            with _logging_once():
                _configure(context, connection, target_metadata)
            migrates = "destination_rev" in context.get_context().opts
            if not migrates:
                _run_command(context)
        if migrates:
            _migrate(context, connect, target_metadata)
    except Exception as error:
        said = error if isinstance(error, SchemaLabError) else translate(error, url)
        if said is None:
            raise
        raise CommandError(f"{said.fact} {in_terminal(said.cure)}".strip()) from None


def _run_command(context: Any) -> None:
    with reflected_word_for_word(), context.begin_transaction():
        context.run_migrations()


def _migrate(context: Any, connect: Connect, target_metadata: sa.MetaData | None) -> None:
    """Let the migration driver run Alembic's own upgrade, downgrade or stamp."""
    options = context.get_context().opts
    purge = options.get("purge")  # only a stamp has this option
    file = ChecksumFile.of(_project(context).ini, context.get_context().connection.engine.url)
    check_when_loaded(context.script, lambda revision: file.read().words(revision) if file else "")
    direction = "upgrade" if purge is None else "stamp"
    request = Request(direction, options["fn"], resume=True, purge=bool(purge))
    run = MigrationRun(request, _url(context), DEFAULT_WAIT, file)

    def execute(connection: sa.Connection, work: Work, ours: Mapping[str, Any]) -> None:
        with fresh_sources():
            _configure(context, connection, target_metadata, fn=work, **ours)
            _run_command(context)

    try:
        run.migrate(connect, execute)
    finally:
        for note in run.notes:
            logging.getLogger("schema_lab").warning(note)


@contextmanager
def _logging_once() -> Iterator[None]:
    """Keep Alembic from logging here what it logs again when the command itself is configured."""
    logger = logging.getLogger("alembic.runtime.migration")
    before, logger.disabled = logger.disabled, True
    try:
        yield
    finally:
        logger.disabled = before


def _connect(context: Any) -> Connect:
    """Give what opens a connection: the engine or connection of a program, or our own engine.

    An open transaction is refused: Alembic would leave its end to a program that may never commit.
    """
    given = context.config.attributes.get("connection")
    if not isinstance(given, sa.Connection):
        engine: sa.Engine = given or engine_for(_url(context), DEFAULT_WAIT)
        return engine.connect
    if given.in_transaction():
        raise MigrationError(
            "The connection handed to Alembic has an open transaction, "
            "in which Alembic would not commit.",
            "Commit or roll back on it first, or hand in the engine.",
        )
    return lambda: nullcontext(given)


def _configure(
    context: Any, connection: sa.Connection, target_metadata: sa.MetaData | None, **hooks: Any
) -> None:
    dialect, project = connection.dialect.name, _project(context)
    hooks.setdefault("transactional_ddl", transactional(dialect))
    known = {
        ASKING: Asking(kept_answers(project.root), aloud=True),
        IGNORING: Ignoring(ignored_in(project.ini), aloud=True),
        OWNERSHIP: ownership_in(project.ini, context.script, aloud=True),
    }
    context.configure(
        connection=connection,
        target_metadata=target_metadata,
        **comparison_options(dialect, target_metadata),
        **known,
        **hooks,
    )
    compare_with_ours(context.get_context())


def _url(context: Any) -> sa.URL:
    """Give the URL of the lab that runs env.py, or the one that the project itself names."""
    given: sa.URL | None = context.config.attributes.get(URL)
    url = given or _project(context).url()
    probe = context.config.attributes.get(PROBE)
    if probe is not None:
        probe(url)
    return url


def _project(context: Any) -> Project:
    ini = context.config.config_file_name
    script = Path(context.config.get_main_option("script_location"))
    return Project(Path(ini).resolve() if ini else script.parent / "alembic.ini")

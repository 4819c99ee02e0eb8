"""Checks of a database and its history; each refusal says what to do. Read-only."""

from collections.abc import Iterable
from pathlib import Path

import sqlalchemy as sa
from alembic.script import Script, ScriptDirectory

from schema_lab.database.own import JOURNAL_TABLE
from schema_lab.errors import HistoryError, MigrationError
from schema_lab.history.checksums import Checksums
from schema_lab.history.project import revisions_of
from schema_lab.history.script_text import COPY_OF, created_first, surely_created
from schema_lab.schema.words import TableKey

"""Alembic's name, before the table's own, for the copy that it makes on SQLite."""

_LEFT_OVER = (
    "SELECT name FROM sqlite_master"
    " WHERE type = 'table' AND name GLOB '_alembic_tmp_*' ORDER BY name"
)


def refuse_damage(
    scripts: ScriptDirectory, heads: Iterable[str], known: Checksums | None = None
) -> None:
    """Refuse a version table that no history can have led to.

    Raises
    ------
    HistoryError
        For an empty id, an id without a file, or a revision beside its own ancestor.
    """
    named = sorted(heads)
    newest = " or ".join(sorted(scripts.get_heads())) or "base"
    stamp = f'lab.stamp("…") (alembic stamp --purge …); the newest is {newest}.'
    if "" in named:
        raise HistoryError(
            "The version table contains an empty revision id.",
            f"Record the database's revision: {stamp}",
        )
    unknown = sorted(name for name in named if name not in revisions_of(scripts))
    if unknown:
        was = next(filter(None, (known.words(name) for name in unknown)), "") if known else ""
        raise HistoryError(
            f"The database is at {', '.join(unknown)}, but no revision file has that id"
            f"{f'; it was {was}' if was else ''}.",
            f"Restore the file from version control, or record the database's revision: {stamp}",
        )
    for ancestor, revision in _ancestors(scripts, named):
        raise HistoryError(
            f"The version table contains {revision} and also {ancestor}, an earlier revision.",
            f'Record the database\'s revision: lab.stamp("{revision}") '
            f"(alembic stamp --purge {revision}).",
        )


def refuse_heads(scripts: ScriptDirectory) -> None:
    """Refuse more than one head, where a single head is meant.

    Raises
    ------
    HistoryError
        Naming the heads and their files.
    """
    heads = sorted(scripts.get_heads())
    if heads[1:]:
        files = [Path(script.path).name for script in scripts.get_revisions(heads)]
        named = ", ".join(f"{head} ({file})" for head, file in zip(heads, files, strict=True))
        raise HistoryError(
            f"There is more than one head: {named}.",
            'Merge them with lab.merge("…"), or name one of them.',
        )


def damaged(scripts: ScriptDirectory, heads: Iterable[str]) -> bool:
    """Say whether `refuse_damage` would refuse. Read-only."""
    try:
        refuse_damage(scripts, heads)
    except HistoryError:
        return True
    return False


def _ancestors(scripts: ScriptDirectory, heads: list[str]) -> list[tuple[str, str]]:
    if not heads[1:]:
        return []
    below = {
        head: {script.revision for script in scripts.iterate_revisions(head, "base")}
        for head in heads
    }
    return [
        (other, head) for head in heads for other in heads if other != head and other in below[head]
    ]


def refuse_forgotten(
    connection: sa.Connection, heads: Iterable[str], first: Iterable[Script]
) -> None:
    """Refuse a database without a revision in which the first revision's tables already exist.

    While a journal exists, they may be those of a revision that stopped partway.

    Parameters
    ----------
    connection
        On the database.
    heads
        What its version table names.
    first
        Revisions that follow no other.

    Raises
    ------
    HistoryError
        Naming the tables.
    """
    inspector = sa.inspect(connection)
    if tuple(heads) or inspector.has_table(JOURNAL_TABLE):
        return
    for script in first:
        there = [
            table
            for table in created_first(Path(script.path))
            if _exists(
                inspector, TableKey(table.schema or _new_tables_schema(connection), table.name)
            )
        ]
        if there:
            raise HistoryError(
                f"The database has no revision, but {_tables(there)} of revision "
                f"{script.revision} already {'exist' if there[1:] else 'exists'}.",
                'If lab.drift() is empty, run lab.stamp("head"). Otherwise run lab.stamp("…") with '
                "the revision whose tables and columns exist.",
            )


def missing_tables(connection: sa.Connection, applied: Iterable[Script]) -> tuple[str, ...]:
    """List the tables that applied revisions created and that are missing. Read-only."""
    inspector = sa.inspect(connection)
    made = surely_created([script.path for script in applied])
    schemas = {schema for schema, _ in made}
    listed = {(name, table) for name in schemas for table in inspector.get_table_names(schema=name)}
    missing = (table for table in made - listed if not _exists(inspector, table))
    return tuple(sorted(map(str, missing)))


def refuse_no_schema(connection: sa.Connection | None, heads: Iterable[str]) -> None:
    """Refuse to take a database for empty when PostgreSQL looks for its tables in no schema.

    Raises
    ------
    HistoryError
        When no schema of the connection's search_path exists, or the user may use none of them.
    """
    if connection is None or connection.dialect.name != "postgresql" or tuple(heads):
        return
    found, path = connection.exec_driver_sql(
        "SELECT current_schema(), current_setting('search_path')"
    ).one()
    if found is None:
        raise HistoryError(
            f"The revision of the database is unknown: no schema of its search_path ({path}) "
            "exists, or the user may use none of them.",
            "Correct the search_path in the URL, in env.py or of the role, or create the schema.",
        )


def refuse_leftovers(connection: sa.Connection) -> None:
    """Refuse a SQLite database in which an interrupted migration left a copy of a table.

    Raises
    ------
    MigrationError
        Saying whether the table or its copy holds the rows.
    """
    if connection.dialect.name != "sqlite":
        return
    for leftover in connection.exec_driver_sql(_LEFT_OVER).scalars().all():
        table = leftover.removeprefix(COPY_OF)
        quote = connection.dialect.identifier_preparer.quote_identifier
        if sa.inspect(connection).has_table(table):
            raise MigrationError(
                f"The table {leftover} is left over from an interrupted migration; "
                f"{table} itself exists.",
                f"Compare the two, then remove the copy: DROP TABLE {quote(leftover)}.",
            )
        raise MigrationError(
            f"The table {leftover} is left over from an interrupted migration, and {table} "
            "is missing: the copy contains its rows.",
            f"Rename it back: ALTER TABLE {quote(leftover)} RENAME TO {quote(table)}.",
        )


def edits(scripts: Iterable[Script], known: Checksums) -> tuple[str, ...]:
    """Name the applied revisions that were edited since. Read-only."""
    return tuple(
        f"Revision {script.revision} was edited after it was applied "
        f"({known.words(script.revision)})."
        for script in scripts
        if known.edited(script.revision, Path(script.path))
    )


def _exists(inspector: sa.Inspector, table: TableKey) -> bool:
    return inspector.has_table(table[1], schema=table[0])


def _new_tables_schema(connection: sa.Connection) -> str | None:
    """Give the schema in which PostgreSQL creates a table; others on its path may have it too."""
    if connection.dialect.name != "postgresql":
        return None
    schema: str | None = connection.scalar(sa.text("SELECT current_schema()"))
    return schema


def _tables(tables: list[TableKey]) -> str:
    return f"{'tables' if tables[1:] else 'table'} {', '.join(map(str, tables))}"

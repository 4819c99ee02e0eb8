"""Whether a database and its history can be believed; each refusal says what to do. Read-only."""

from collections.abc import Iterable
from pathlib import Path

import sqlalchemy as sa
from alembic.script import Script, ScriptDirectory

from schema_lab.database.own_tables import JOURNAL_TABLE
from schema_lab.errors import HistoryError, MigrationError
from schema_lab.history.checksums import Checksums
from schema_lab.history.creations import Table, created_first, surely_created
from schema_lab.history.kept_scripts import revisions_of

LEFTOVER = "_alembic_tmp_"
"""Alembic's name, before the table's own, for the copy that it makes on SQLite."""

_LEFT_OVER = (
    "SELECT name FROM sqlite_master"
    " WHERE type = 'table' AND name GLOB '_alembic_tmp_*' ORDER BY name"
)


def refuse_damage(
    scripts: ScriptDirectory, heads: Iterable[str], known: Checksums | None = None
) -> None:
    """Refuse what the version table says when no history can have led there.

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
            "The version table holds an empty revision id.",
            f"Say at which revision the database stands: {stamp}",
        )
    unknown = sorted(one for one in named if one not in revisions_of(scripts))
    if unknown:
        was = next(filter(None, (known.words(one) for one in unknown)), "") if known else ""
        raise HistoryError(
            f"The database stands at {', '.join(unknown)}, and no revision file has that id"
            f"{f'; it was {was}' if was else ''}.",
            "Bring the file back from version control, or say at which revision the database "
            f"stands: {stamp}",
        )
    for ancestor, revision in _ancestors(scripts, named):
        raise HistoryError(
            f"The version table names {revision} and also {ancestor}, which came before it.",
            f'Say at which revision the database stands: lab.stamp("{revision}") '
            f"(alembic stamp --purge {revision}).",
        )


def refuse_heads(scripts: ScriptDirectory) -> None:
    """Refuse more than one head, where a single one is meant.

    Raises
    ------
    HistoryError
        Naming the heads and their files.
    """
    heads = sorted(scripts.get_heads())
    if heads[1:]:
        files = [Path(one.path).name for one in scripts.get_revisions(heads)]
        named = ", ".join(f"{head} ({file})" for head, file in zip(heads, files, strict=True))
        raise HistoryError(
            f"There is more than one head: {named}.",
            'Join them with lab.merge("…"), or name one of them.',
        )


def damaged(scripts: ScriptDirectory, heads: Iterable[str]) -> bool:
    """Tell whether `refuse_damage` would refuse. Read-only."""
    try:
        refuse_damage(scripts, heads)
    except HistoryError:
        return True
    return False


def _ancestors(scripts: ScriptDirectory, heads: list[str]) -> list[tuple[str, str]]:
    if not heads[1:]:
        return []
    below = {
        head: {one.revision for one in scripts.iterate_revisions(head, "base")} for head in heads
    }
    return [(one, head) for head in heads for one in heads if one != head and one in below[head]]


def refuse_forgotten(
    connection: sa.Connection, heads: Iterable[str], first: Iterable[Script]
) -> None:
    """Refuse a database that names no revision though the first one's tables are there.

    While a journal is there they may be those of a revision that stopped half-way.

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
            one
            for one in created_first(Path(script.path))
            if _is_there(inspector, (one[0] or _new_tables_schema(connection), one[1]))
        ]
        if there:
            raise HistoryError(
                f"The database names no revision, but of revision {script.revision} "
                f"{_tables(there)} already there.",
                'If lab.drift() is empty, lab.stamp("head") is right; otherwise lab.stamp("…") the '
                "revision whose tables and columns are there.",
            )


def missing_tables(connection: sa.Connection, applied: Iterable[Script]) -> tuple[str, ...]:
    """List the tables that applied revisions made, and that are gone. Read-only."""
    inspector = sa.inspect(connection)
    made = surely_created(one.path for one in applied)
    schemas = {schema for schema, _ in made}
    listed = {(one, table) for one in schemas for table in inspector.get_table_names(schema=one)}
    missing = (one for one in made - listed if not _is_there(inspector, one))
    return tuple(sorted(_spelled(one) for one in missing))


def refuse_leftovers(connection: sa.Connection) -> None:
    """Refuse a SQLite database in which a table's copy was left when a migration was cut short.

    Raises
    ------
    MigrationError
        Saying whether the table or its copy holds the rows.
    """
    if connection.dialect.name != "sqlite":
        return
    for leftover in connection.exec_driver_sql(_LEFT_OVER).scalars().all():
        table = leftover.removeprefix(LEFTOVER)
        quote = connection.dialect.identifier_preparer.quote_identifier
        if sa.inspect(connection).has_table(table):
            raise MigrationError(
                f"The table {leftover} is left from a migration that was cut short; "
                f"{table} itself is there.",
                f"Compare the two, then remove the copy: DROP TABLE {quote(leftover)}.",
            )
        raise MigrationError(
            f"The table {leftover} is left from a migration that was cut short, and {table} "
            "is gone: the copy holds its rows.",
            f"Give it its name back: ALTER TABLE {quote(leftover)} RENAME TO {quote(table)}.",
        )


def edits(scripts: Iterable[Script], known: Checksums) -> tuple[str, ...]:
    """Say which applied revisions were edited since. Read-only."""
    return tuple(
        f"Revision {one.revision} was edited after it was applied ({known.words(one.revision)})."
        for one in scripts
        if known.edited(one.revision, Path(one.path))
    )


def _is_there(inspector: sa.Inspector, table: Table) -> bool:
    return inspector.has_table(table[1], schema=table[0])


def _new_tables_schema(connection: sa.Connection) -> str | None:
    """Give the schema in which PostgreSQL makes a table: others on its search path may have one."""
    if connection.dialect.name != "postgresql":
        return None
    schema: str | None = connection.scalar(sa.text("SELECT current_schema()"))
    return schema


def _spelled(table: Table) -> str:
    return f"{table[0]}.{table[1]}" if table[0] else table[1]


def _tables(tables: list[Table]) -> str:
    names = [_spelled(one) for one in tables]
    return f"table {names[0]} is" if not names[1:] else f"tables {', '.join(names)} are"

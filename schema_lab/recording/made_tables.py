"""The tables that the revisions of a history ever made, whether they still exist or not.

Each script runs with an `op` that only records, upgrade and downgrade, so that a table made in a
loop, by a function of the project's own or by SQL counts too. What a script would make with rows
or tables that only a database has is not known, and does not count.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext

from schema_lab.history.project import memo
from schema_lab.history.scripts import ScriptFile
from schema_lab.recording.recorded import record
from schema_lab.schema.words import TableKey

_PART = r"(?:\"[^\"]+\"|`[^`]+`|\[[^\]]+\]|[\w$]+)"
_NAME = rf"({_PART}(?:\.{_PART})?)"
_MAKES = re.compile(
    rf"\bcreate\s+(?:or\s+replace\s+)?(?:\w+\s+)?table\s+(?:if\s+not\s+exists\s+)?{_NAME}"
    rf"|\brename\s+(?:table\s+{_PART}(?:\.{_PART})?\s+)?to\s+{_NAME}",
    re.IGNORECASE,
)

_MAY_MAKE = re.compile(
    rb"create_table|rename_table|create_all|\.create\b|execute|CREATE|RENAME|getattr"
    rb"|^\s*(?:from|import)\s+(?!alembic\b|sqlalchemy\b|typing\b|collections\b|__future__\b)",
    re.MULTILINE,
)
"""What a script that makes a table holds: such a call, SQL, or code from elsewhere."""

Places = frozenset[TableKey]

_MADE: WeakKeyDictionary[ScriptFile, dict[str, Places]] = WeakKeyDictionary()
"""What each file made, by dialect; a file that changes is another object."""


def tables_made(scripts: Any, dialect: str) -> Places:
    """Give every table that a revision made or renamed on a dialect. Read-only.

    Parameters
    ----------
    scripts
        Alembic's script directory; each of its files runs once, with an `op` that only records.
    dialect
        SQLAlchemy's name of the dialect.
    """
    known = memo(scripts)
    if ("made", dialect) not in known:
        found = (_made_by(script, dialect) for script in scripts.walk_revisions())
        known["made", dialect] = frozenset().union(*found)
    made: Places = known["made", dialect]
    return made


def _made_by(script: Any, dialect: str) -> Places:
    source = getattr(script, "source", None)
    if source is None:  # Alembic's own script, which the `alembic` command reads once
        return _recorded(script, dialect)
    known = _MADE.setdefault(source, {})
    if dialect not in known:
        known[dialect] = _recorded(script, dialect)
    return known[dialect]


def _recorded(script: Any, dialect: str) -> Places:
    if not _MAY_MAKE.search(Path(script.path).read_bytes()):
        return frozenset()
    module = script.module
    return frozenset(
        place
        for direction in ("upgrade", "downgrade")
        for step in record(module, direction, _context(dialect)).operations
        for place in _places(step.operation)
    )


def _context(dialect: str) -> MigrationContext:
    return MigrationContext.configure(dialect_name=dialect, opts={"as_sql": True})


def _places(operation: Any) -> Iterator[TableKey]:
    if isinstance(operation, ops.CreateTableOp):
        yield TableKey(operation.schema, operation.table_name)
    elif isinstance(operation, ops.RenameTableOp):
        yield TableKey(operation.schema, operation.table_name)
        yield TableKey(operation.schema, operation.new_table_name)
    elif isinstance(operation, ops.ExecuteSQLOp):
        statement: Any = operation.sqltext
        if isinstance(statement, sa.schema.CreateTable):
            yield TableKey(statement.element.schema, statement.element.name)
        elif isinstance(statement, str | sa.TextClause | sa.DDL):
            yield from places_in(str(getattr(statement, "statement", statement)))


def places_in(sql: str) -> Iterator[TableKey]:
    """List the tables that SQL makes or renames a table to.

    Examples
    --------
    >>> list(map(str, places_in('CREATE TABLE IF NOT EXISTS shop."order" (id INT)')))
    ['shop.order']
    >>> list(map(str, places_in("alter table people rename to users")))
    ['users']
    """
    for found in _MAKES.finditer(sql):
        parts = [part.strip('"`[]') for part in re.findall(_PART, found[1] or found[2])]
        yield TableKey(parts[0] if parts[1:] else None, parts[-1])

"""Indexes and constraints that are created while the application writes; PostgreSQL.

An index is built with CREATE INDEX CONCURRENTLY. That statement cannot run in a transaction, and a
failed build leaves an INVALID index: the script drops such an index first, so that the migration
can run again. https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY

A foreign key or CHECK is added NOT VALID, which locks the table only for a moment. VALIDATE then
reads every row while the application writes. In one transaction, the first lock would be held until
the rows have been read. https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES
"""

from collections.abc import Callable
from typing import Any, cast

from alembic.operations import ops

from schema_lab.candidate.questions.live_database import LiveDatabase
from schema_lab.candidate.questions.question import Value
from schema_lab.candidate.render.script import AutocommitOp, NoteOp, StatementOp
from schema_lab.database import family
from schema_lab.errors import InputError

_INDEX_NOTE = (
    "Built while the application writes. A failed build leaves an INVALID index: dropped first."
)
_CONSTRAINT_NOTE = (
    "New rows are checked at once. Existing rows are checked later, while the application writes."
)


def concurrently(upgrade: ops.UpgradeOps, about: str, value: Value, live: LiveDatabase) -> None:
    """Create the index `about` at the end, outside of the transaction.

    Raises
    ------
    InputError
        When the candidate creates no such index, or the database is not PostgreSQL.
    """
    cure = "Other databases do not have this statement. Leave the index as it is."
    only_postgresql(live, f"concurrently({about!r})", cure)
    found = _taken(
        upgrade,
        lambda operation: (
            isinstance(operation, ops.CreateIndexOp) and operation.index_name == about
        ),
    )
    if found is None:
        raise InputError(
            f"This candidate does not create an index `{about}`.",
            "See `candidate.operations`. An index of a new table needs no recipe.",
        )
    index: Any = found[1]
    options = {**index.kw, "postgresql_concurrently": True}
    create = ops.CreateIndexOp(
        about, index.table_name, index.columns, schema=index.schema, unique=index.unique, **options
    )
    drop = ops.DropIndexOp(
        about,
        index.table_name,
        schema=index.schema,
        if_exists=True,
        postgresql_concurrently=True,
    )
    upgrade.ops += [NoteOp(_INDEX_NOTE), AutocommitOp([drop, create], [drop])]


def not_valid(upgrade: ops.UpgradeOps, about: str, value: Value, live: LiveDatabase) -> None:
    """Add the constraint `about` as NOT VALID, and validate it at the end.

    Raises
    ------
    InputError
        When the candidate adds no such constraint, or the database is not PostgreSQL.
    """
    cure = "Other databases do not have this clause. Leave the constraint as it is."
    only_postgresql(live, f"not_valid({about!r})", cure)
    kinds = (ops.CreateForeignKeyOp, ops.CreateCheckConstraintOp)
    found = _taken(
        upgrade,
        lambda operation: isinstance(operation, kinds) and str(operation.constraint_name) == about,
    )
    if found is None:
        raise InputError(
            f"This candidate does not add a foreign key or CHECK `{about}`.",
            "See `candidate.operations`. A unique constraint cannot be NOT VALID.",
        )
    place, constraint = found[0], cast(Any, found[1])
    table = _table(constraint, live)
    constraint.kw["postgresql_not_valid"] = True
    name = live.dialect.identifier_preparer.quote(about)
    upgrade.ops[place:place] = [
        NoteOp(_CONSTRAINT_NOTE),
        StatementOp(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}"),
        constraint,
    ]
    validate = StatementOp(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")
    upgrade.ops.append(AutocommitOp([validate], []))


def only_postgresql(live: LiveDatabase, call: str, cure: str) -> None:
    """Refuse a recipe on databases other than PostgreSQL.

    Raises
    ------
    InputError
        With what to do instead.
    """
    if live.dialect.name != "postgresql":
        here = family(live.dialect)
        raise InputError(f"`{call}` works only on PostgreSQL. This database is {here}.", cure)


def _taken(
    upgrade: ops.UpgradeOps, wanted: Callable[[Any], bool]
) -> tuple[int, ops.MigrateOperation] | None:
    """Remove the first wanted operation from an upgrade, or from a table's operations in it.

    Gives the operation and its place in the upgrade; None when there is none.
    """
    for place, operation in enumerate(upgrade.ops):
        if wanted(operation):
            return place, upgrade.ops.pop(place)
        if isinstance(operation, ops.ModifyTableOps):
            found = next((inner for inner in operation.ops if wanted(inner)), None)
            if found is not None:
                operation.ops = [inner for inner in operation.ops if inner is not found]
                if not operation.ops:
                    upgrade.ops.pop(place)
                return place, found
    return None


def _table(constraint: Any, live: LiveDatabase) -> str:
    name = getattr(constraint, "source_table", None) or constraint.table_name
    schema = constraint.kw.get("source_schema") or getattr(constraint, "schema", None)
    quote = live.dialect.identifier_preparer.quote
    return f"{quote(schema)}.{quote(name)}" if schema else str(quote(name))

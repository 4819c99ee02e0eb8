"""An index that is built while the application writes: CREATE INDEX CONCURRENTLY.

It cannot run in a transaction, and one that failed stays as INVALID: so it is dropped first,
which makes the migration one that can run again.
https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY
"""

from typing import Any

from alembic.operations import ops

from schema_lab.autogenerate.notes import NoteOp
from schema_lab.autogenerate.questions.live import Live
from schema_lab.autogenerate.questions.question import Value
from schema_lab.autogenerate.recipes.parts import AutocommitOp, only_postgresql, taken
from schema_lab.errors import InputError

KIND = "concurrently"
_NOTE = (
    "Built while the application writes; a failed attempt leaves an INVALID index: dropped first."
)
_CURE = "Other databases have no such statement: leave the index as it is."


def apply(upgrade: ops.UpgradeOps, about: str, value: Value, live: Live) -> None:
    """Put the index `about` at the end, outside of the transaction."""
    only_postgresql(live, f"concurrently({about!r})", _CURE)
    found = taken(
        upgrade, lambda one: isinstance(one, ops.CreateIndexOp) and one.index_name == about
    )
    if found is None:
        raise InputError(
            f"This candidate makes no index {about}.",
            "See candidate.operations; an index of a table that is only made needs no recipe.",
        )
    made: Any = found[1]
    options = {**made.kw, "postgresql_concurrently": True}
    create = ops.CreateIndexOp(
        about, made.table_name, made.columns, schema=made.schema, unique=made.unique, **options
    )
    drop = ops.DropIndexOp(
        about,
        made.table_name,
        schema=made.schema,
        if_exists=True,
        postgresql_concurrently=True,
    )
    upgrade.ops += [NoteOp(_NOTE), AutocommitOp([drop, create], [drop])]

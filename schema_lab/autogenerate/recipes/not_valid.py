"""A foreign key or CHECK that is made at once and tried on the rows after: NOT VALID, VALIDATE.

The first holds its lock for a moment; the second reads every row while the application writes.
In one transaction the lock of the first would be held until the end of the second.
https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES
"""

from typing import Any, cast

from alembic.operations import ops

from schema_lab.autogenerate.notes import NoteOp
from schema_lab.autogenerate.questions.live import Live
from schema_lab.autogenerate.questions.question import Value
from schema_lab.autogenerate.recipes.parts import (
    AutocommitOp,
    RunOp,
    only_postgresql,
    taken,
)
from schema_lab.errors import InputError

KIND = "not_valid"
_NOTE = "New rows are checked at once, those that are there after it, while the application writes."
_CURE = "Other databases have no such clause: leave the constraint as it is."


def apply(upgrade: ops.UpgradeOps, about: str, value: Value, live: Live) -> None:
    """Make the constraint `about` NOT VALID, and validate it at the end."""
    only_postgresql(live, f"not_valid({about!r})", _CURE)
    kinds = (ops.CreateForeignKeyOp, ops.CreateCheckConstraintOp)
    found = taken(upgrade, lambda one: isinstance(one, kinds) and str(one.constraint_name) == about)
    if found is None:
        raise InputError(
            f"This candidate makes no foreign key or CHECK {about}.",
            "See candidate.operations; a unique constraint has no NOT VALID.",
        )
    place, made = found[0], cast(Any, found[1])
    table = _table(made, live)
    made.kw["postgresql_not_valid"] = True
    name = live.dialect.identifier_preparer.quote(about)
    upgrade.ops[place:place] = [
        NoteOp(_NOTE),
        RunOp(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}"),
        made,
    ]
    validate = RunOp(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")
    upgrade.ops.append(AutocommitOp([validate], []))


def _table(made: Any, live: Live) -> str:
    name = getattr(made, "source_table", None) or made.table_name
    schema = made.kw.get("source_schema") or getattr(made, "schema", None)
    quote = live.dialect.identifier_preparer.quote
    return f"{quote(schema)}.{quote(name)}" if schema else str(quote(name))

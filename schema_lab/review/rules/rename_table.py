"""A table is renamed while old versions of the application run."""

from collections.abc import Iterator

from sqlglot import exp

from schema_lab.review.change import Change
from schema_lab.review.effects import renamed_tables
from schema_lab.review.findings import Finding, Severity
from schema_lab.review.rule import of_rows, on

CODE = "SL302"
NAME = "rename-table"
SEVERITY: Severity = "warning"
TITLE = "A table is renamed, but running versions of the application still use the old name."
REPLACES = ("renaming-table",)

_WHY = (
    "Until every process runs the new version, processes with the old version fail on every "
    "statement on the table. The new version fails until the migration has run."
)
_RECIPE = (
    "In a running system: rename the table and, in the same migration, create a view with the "
    "old name (a plain view of a single table is writable on PostgreSQL and MariaDB; SQLite "
    "needs INSTEAD OF triggers). Drop the view in a later migration."
)


def find(change: Change) -> Iterator[Finding]:
    """Find each renamed table, unless the migration creates a view with the old name."""
    views = {
        str(statement.this.name)
        for _, statement in change.statements()
        if isinstance(statement, exp.Create) and statement.kind == "VIEW"
    }
    for effect in renamed_tables(change):
        if effect.place.name not in views:
            sentence = (
                f"renames `{effect.place}`{of_rows(change, effect.place)} to `{effect.new_name}`"
            )
            yield on(effect.step, CODE, SEVERITY, sentence, _WHY, _RECIPE, place=effect.place)

"""A table gets another name under a running application."""

from collections.abc import Iterator

from sqlglot import exp

from schema_lab.review.acts import renamed_tables
from schema_lab.review.change import Change
from schema_lab.review.finding import Finding, Severity
from schema_lab.review.saying import of_rows, on

CODE = "SL302"
NAME = "rename-table"
SEVERITY: Severity = "warning"
TITLE = "A table gets another name, which a version that still runs does not know."
REPLACES = ("renaming-table",)

_WHY = (
    "Until every process runs the new version, those with the old one fail on each statement on "
    "the table; and the new version fails until the migration has run."
)
_RECIPE = (
    "In a running system: rename the table and, in the same migration, create a view with the old "
    "name (a plain view of one table takes writes on PostgreSQL and MariaDB; SQLite needs INSTEAD "
    "OF triggers). Drop the view in a later migration."
)


def find(change: Change) -> Iterator[Finding]:
    """Give each renamed table, unless SQL of the change makes a view with the old name."""
    views = {
        str(one.this.name)
        for _, one in change.statements()
        if isinstance(one, exp.Create) and one.kind == "VIEW"
    }
    for act in renamed_tables(change):
        if act.place.name not in views:
            sentence = f"renames {act.place}{of_rows(change, act.place)} to {act.new_name}"
            yield on(act.step, CODE, SEVERITY, sentence, _WHY, _RECIPE, place=act.place)

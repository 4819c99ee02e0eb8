"""A column or table goes that a running application may read."""

from collections.abc import Iterator

from schema_lab.review.acts import dropped_columns, dropped_tables
from schema_lab.review.change import Change
from schema_lab.review.finding import Finding, Severity
from schema_lab.review.saying import on

CODE = "SL303"
NAME = "drop-in-use"
SEVERITY: Severity = "warning"
TITLE = "A column or table goes that a version which still runs may read."
SQUAWK = ("ban-drop-column", "ban-drop-table")

_WHY = (
    "An ORM names every column of its models in each SELECT and INSERT: until every process runs "
    "the new version, those with the old one fail on this table."
)
_RECIPE = (
    "Take it out of the models first and release that version; drop it in a later migration, when "
    "no process with the old models is left."
)


def find(change: Change) -> Iterator[Finding]:
    """Give each dropped column and table; on PostgreSQL squawk speaks of them."""
    if change.dialect == "postgresql":
        return
    gone = {act.place for act in dropped_tables(change)}
    for act in (*dropped_tables(change), *dropped_columns(change)):
        if act.column and act.place in gone:
            continue
        kind = "column" if act.column else "table"
        sentence = f"drops {kind} {act.what}, which the former version of the models names"
        yield on(
            *(act.step, CODE, SEVERITY, sentence, _WHY, _RECIPE),
            place=act.place,
            column=act.column,
        )

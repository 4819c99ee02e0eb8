"""A column or table is dropped that running versions of the application may use."""

from collections.abc import Iterator

from schema_lab.review.change import Change
from schema_lab.review.effects import dropped_columns, dropped_tables
from schema_lab.review.findings import Finding, Severity
from schema_lab.review.rule import on

CODE = "SL303"
NAME = "drop-in-use"
SEVERITY: Severity = "warning"
TITLE = "A column or table is dropped that running versions of the application may still use."
SQUAWK = ("ban-drop-column", "ban-drop-table")

_WHY = (
    "An ORM names every column of its models in each SELECT and INSERT. Until every process "
    "runs the new version, processes with the old version fail on this table."
)
_RECIPE = (
    "First remove it from the models and release that version. Drop it in a later migration, "
    "when no process uses the old models."
)


def find(change: Change) -> Iterator[Finding]:
    """Find each dropped column and table; on PostgreSQL, squawk reports them."""
    if change.dialect == "postgresql":
        return
    gone = {effect.place for effect in dropped_tables(change)}
    for effect in (*dropped_tables(change), *dropped_columns(change)):
        if effect.column and effect.place in gone:
            continue
        kind = "column" if effect.column else "table"
        sentence = f"drops {kind} `{effect.what}`, which the previous version of the models uses"
        yield on(
            *(effect.step, CODE, SEVERITY, sentence, _WHY, _RECIPE),
            place=effect.place,
            column=effect.column,
        )

"""A column's type becomes narrower than the values that a running application writes."""

from collections.abc import Iterator

from schema_lab.database import is_mysql
from schema_lab.review.change import Change
from schema_lab.review.effects import altered_columns, dialect_named, type_before
from schema_lab.review.findings import Finding, Severity
from schema_lab.review.rule import on
from schema_lab.rows import demands_of_cast

CODE = "SL305"
NAME = "narrow-for-old-writers"
SEVERITY: Severity = "warning"
TITLE = "A column's type becomes narrower than the values that running versions may write."
SQUAWK = ("changing-column-type",)

_WHY = (
    "Until every process runs the new version, the old version may write values that {words}. "
    "Strict mode rejects these values, any other mode truncates them."
)
_RECIPE = (
    "First release a version that does not write such values. Narrow the type in a later "
    "migration, when no process runs the old version."
)


def find(change: Change) -> Iterator[Finding]:
    """Give each narrowed type; SQLite rejects no value, and on PostgreSQL squawk speaks of it."""
    if not is_mysql(change.dialect):
        return
    for step, place, operation in altered_columns(change):
        before = type_before(change, place, operation)
        if operation.modify_type is None or before is None:
            continue
        types = before, operation.modify_type
        for demand in demands_of_cast(step.column, *types, dialect_named(change)):
            if demand.kind in ("length", "range", "part"):
                sentence = (
                    f"narrows `{place}.{step.column}`: values that {demand.plural} no longer fit"
                )
                why = _WHY.format(words=demand.plural)
                yield on(step, CODE, SEVERITY, sentence, why, _RECIPE)

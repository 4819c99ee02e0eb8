"""An enum's members change while old versions of the application run."""

from collections.abc import Iterator

from schema_lab.review.change import Change
from schema_lab.review.enums import EnumChange, enum_changes
from schema_lab.review.findings import Finding, Severity
from schema_lab.review.rule import on
from schema_lab.views.plain import quoted

CODE = "SL306"
NAME = "enum-for-old-version"
SEVERITY: Severity = "warning"
TITLE = "An enum changes, but running versions of the application know only the old members."

_WRITES = (
    "Processes with the old version continue to write the member, and the database refuses it."
)
_READS = (
    "A process with the old version that reads a row with the new member fails: SQLAlchemy "
    "raises LookupError for a value that its Enum does not know."
)
_RECIPE = (
    "Before you remove a member, release a version that does not write it. Before any version "
    "writes a new member, release a version that knows it."
)


def find(change: Change) -> Iterator[Finding]:
    """Find each enum whose members are removed (a warning) or added (a note)."""
    for enum in enum_changes(change):
        if enum.removed:
            sentence = f"removes {quoted(enum.removed)} from the members of {enum.what}"
            yield _finding(enum, SEVERITY, sentence, _WRITES)
        if enum.added:
            sentence = f"adds {quoted(enum.added)} to the members of {enum.what}"
            yield _finding(enum, "note", sentence, _READS)


def _finding(enum: EnumChange, severity: Severity, sentence: str, why: str) -> Finding:
    return on(
        *(enum.step, CODE, severity, sentence, why, _RECIPE), place=enum.place, column=enum.column
    )

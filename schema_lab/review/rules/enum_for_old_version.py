"""An enum's members change under a running application."""

from collections.abc import Iterator

from schema_lab.review.change import Change
from schema_lab.review.enums import EnumChange, enum_changes
from schema_lab.review.finding import Finding, Severity
from schema_lab.review.saying import on
from schema_lab.review.words import quoted

CODE = "SL306"
NAME = "enum-for-old-version"
SEVERITY: Severity = "warning"
TITLE = "An enum's members change, which a version that still runs does not know."

_WRITES = "Processes with the old version go on writing the member, and the database refuses it."
_READS = (
    "A process with the old version that reads a row with the new member fails: SQLAlchemy raises "
    "LookupError for a value that its Enum does not know."
)
_RECIPE = (
    "To take a member away: first release a version that does not write it. To add one: first "
    "release a version that knows it, and only then write it."
)


def find(change: Change) -> Iterator[Finding]:
    """Give each enum whose members go (a warning) or come (a note)."""
    for one in enum_changes(change):
        if one.removed:
            sentence = f"takes {quoted(one.removed)} from the members of {one.what}"
            yield _finding(one, SEVERITY, sentence, _WRITES)
        if one.added:
            sentence = f"adds {quoted(one.added)} to the members of {one.what}"
            yield _finding(one, "note", sentence, _READS)


def _finding(one: EnumChange, severity: Severity, sentence: str, why: str) -> Finding:
    return on(
        *(one.step, CODE, severity, sentence, why, _RECIPE), place=one.place, column=one.column
    )

"""A part of a script could not be read without a database."""

from collections.abc import Iterator

from schema_lab.autogenerate.recorded import Gap
from schema_lab.review.change import Change
from schema_lab.review.finding import Finding, Severity

CODE = "SL001"
NAME = "unreadable"
SEVERITY: Severity = "note"
TITLE = "A part of a script could not be reviewed."

_WHY = "A review runs the script with an `op` that notes operations and reaches no database."
_RECIPE = (
    "Read that part yourself, or rehearse the migration: the same script then runs on a copy of "
    "the database. What a script must ask the database is best asked in SQL, by one op.execute()."
)


def find(change: Change) -> Iterator[Finding]:
    """Give each gap in the recording of a script."""
    for gap in change.gaps:
        yield Finding(
            code=CODE,
            severity=SEVERITY,
            table="",
            column="",
            sentence=_sentence(gap),
            why=_WHY,
            recipe=_RECIPE,
            line=gap.line,
        )


def _sentence(gap: Gap) -> str:
    if not gap.rest:
        return f"{gap.function}() {gap.reason}: what depends on the answer was not reviewed"
    place = "" if gap.line is None else f" from line {gap.line} on"
    return f"{gap.function}() {gap.reason}: nothing{place} was reviewed"

"""Part of a script could not be reviewed without a database."""

from collections.abc import Iterator

from schema_lab.recording.recorded import Gap
from schema_lab.review.change import Change
from schema_lab.review.findings import Finding, Severity

CODE = "SL001"
NAME = "unreadable"
SEVERITY: Severity = "note"
TITLE = "Part of a script could not be reviewed."

_WHY = (
    "A review runs the script with an `op` that records operations and is not connected to a "
    "database."
)
_RECIPE = (
    "Read that part yourself, or rehearse the migration, which runs the same script on a copy "
    "of the database. If the script needs data, put the query into SQL, in a single "
    "op.execute()."
)


def find(change: Change) -> Iterator[Finding]:
    """Report each gap in the recording of a script."""
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
        return f"{gap.function}() {gap.reason}: code that depends on the answer was not reviewed"
    place = "" if gap.line is None else f" from line {gap.line} on"
    return f"{gap.function}() {gap.reason}: nothing{place} was reviewed"

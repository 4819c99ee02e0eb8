"""An enum member that rows still use is removed."""

from collections.abc import Iterator
from typing import Any

from schema_lab.review.change import Change
from schema_lab.review.effects import is_written_before
from schema_lab.review.enums import EnumChange, enum_changes
from schema_lab.review.findings import Finding, Severity
from schema_lab.review.rule import on
from schema_lab.rows.demand import members
from schema_lab.views.plain import counted, quoted

CODE = "SL105"
NAME = "drop-enum-member"
SEVERITY: Severity = "error"
TITLE = "An enum member that rows still use is removed."

_WHY = (
    "PostgreSQL and MariaDB refuse these rows, and the upgrade fails. Where nothing refuses "
    "them, as on SQLite without a CHECK, the application can no longer read them "
    "(LookupError)."
)
_RECIPE = (
    "First give these rows another member, in a separate migration that names it; then remove "
    "the member. To rename a member, keep the rows: ALTER TYPE … RENAME VALUE on PostgreSQL."
)


def find(change: Change) -> Iterator[Finding]:
    """Find each enum with rows that use none of its future members."""
    for enum in enum_changes(change):
        if change.live is None:
            if set(enum.removed) - set(enum.moved):
                sentence = f"removes {quoted(enum.removed)} from the members of {enum.what}"
                yield on(*(enum.step, CODE, "warning", sentence, _WHY, _RECIPE), **_at(enum))
            continue
        if enum.place is None or is_written_before(change, enum.step, enum.place, enum.column):
            continue
        outside = members(enum.column, (*enum.after, *enum.moved), change.live.connection.dialect)
        assert outside.violated is not None
        rows = change.live.count(enum.place, outside.violated)
        if rows:
            still = f"{counted(rows, 'row')} still {'uses' if rows == 1 else 'use'}"
            them = "it" if len(enum.removed) == 1 else "them"
            sentence = f"removes members of {enum.what} that {still}"
            if enum.removed:
                names = quoted(enum.removed)
                sentence = f"removes {names} from the members of {enum.what}; {still} {them}"
            yield on(*(enum.step, CODE, SEVERITY, sentence, _WHY, _RECIPE), **_at(enum))


def _at(enum: EnumChange) -> dict[str, Any]:
    return {"place": enum.place, "column": enum.column}

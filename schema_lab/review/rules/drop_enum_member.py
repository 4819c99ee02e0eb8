"""A member of an enum goes that rows use."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from schema_lab.review.change import Change
from schema_lab.review.enums import EnumChange, enum_changes
from schema_lab.review.filling import is_written_before
from schema_lab.review.finding import Finding, Severity
from schema_lab.review.saying import on
from schema_lab.review.words import counted, quoted

CODE = "SL105"
NAME = "drop-enum-member"
SEVERITY: Severity = "error"
TITLE = "A member of an enum goes that rows use."

_WHY = (
    "PostgreSQL and MariaDB refuse the rows, and the upgrade fails; where nothing refuses them, "
    "as on SQLite without a CHECK, the application cannot read them any more (LookupError)."
)
_RECIPE = (
    "First give those rows another member, in a migration of its own that names which; then let "
    "the member go. To rename a member, keep the rows: ALTER TYPE … RENAME VALUE on PostgreSQL."
)


def find(change: Change) -> Iterator[Finding]:
    """Give each enum with rows outside of its members to be; if there are none, nothing."""
    for one in enum_changes(change):
        if change.live is None:
            if set(one.removed) - set(one.moved):
                sentence = f"takes {quoted(one.removed)} from the members of {one.what}"
                yield on(*(one.step, CODE, "warning", sentence, _WHY, _RECIPE), **_at(one))
            continue
        if one.place is None or is_written_before(change, one.step, one.place, one.column):
            continue
        rows = change.live.count(one.place, _outside(one))
        if rows:
            gone = quoted(one.removed) if one.removed else "what the rows hold"
            verb = "uses it" if rows == 1 else "use it"
            sentence = f"takes {gone} from the members of {one.what}; {counted(rows, 'row')} {verb}"
            yield on(*(one.step, CODE, SEVERITY, sentence, _WHY, _RECIPE), **_at(one))


def _outside(one: EnumChange) -> sa.ColumnElement[bool]:
    text: Any = sa.cast(sa.column(one.column), sa.String(255))
    return sa.and_(text.is_not(None), text.not_in((*one.after, *one.moved)))


def _at(one: EnumChange) -> dict[str, Any]:
    return {"place": one.place, "column": one.column}

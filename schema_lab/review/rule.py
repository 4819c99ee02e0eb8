"""A rule: a module in `review/rules/` with five names, and how it reports a finding.

CODE
    Its code, such as "SL101"; its page is `docs/rules/SL101.md`.
NAME
    A short name, such as "drop-column-with-values".
SEVERITY
    "error", "warning" or "note": the severity of its most severe finding.
TITLE
    A sentence without numbers, for the index.
find
    A function from a `Change` to the findings, in the order of its operations. Pure, except for
    queries to `change.live`.

Two more names are optional, so that nothing is reported twice. SQUAWK lists rules of squawk that
report the same; if squawk reports one of them, the rule is silent. REPLACES lists rules of squawk
that report less, for instance without a number; if the rule reports a finding, theirs is left out.
"""

from collections.abc import Iterator
from typing import Protocol

from schema_lab.review.change import Change
from schema_lab.review.findings import Finding, Severity
from schema_lab.review.reviewed_operation import ReviewedOperation
from schema_lab.rows import Violations
from schema_lab.schema.words import TableKey
from schema_lab.views.plain import counted


class Rule(Protocol):
    """A module in `review/rules/`."""

    CODE: str
    NAME: str
    SEVERITY: Severity
    TITLE: str

    def find(self, change: Change) -> Iterator[Finding]:
        """Yield what the rule finds in a migration. Read-only."""
        ...


def same_as(rule: Rule) -> frozenset[str]:
    """Return the names of squawk's rules that report the same as this rule."""
    return frozenset(getattr(rule, "SQUAWK", ()))


def replaced_by(rule: Rule) -> frozenset[str]:
    """Return the names of squawk's rules that report less than this rule."""
    return frozenset(getattr(rule, "REPLACES", ()))


def on(  # noqa: PLR0913 - a finding has this many parts
    step: ReviewedOperation,
    code: str,
    severity: Severity,
    sentence: str,
    why: str,
    recipe: str,
    *,
    call: str = "",
    place: TableKey | None = None,
    column: str = "",
    rows: Violations | None = None,
) -> Finding:
    """Return a finding on an operation, by default with the operation's table and column."""
    return Finding(
        code=code,
        severity=severity,
        table=step.table if place is None else str(place),
        column=column or step.column,
        sentence=sentence,
        why=why,
        recipe=recipe,
        call=call,
        step=step,
        rows=rows,
    )


def of_rows(change: Change, place: TableKey) -> str:
    """Say how many rows a table has, such as " (1 204 rows)"; "" if unknown."""
    rows = change.live.rows(place) if change.live else None
    return "" if rows is None else f" ({counted(rows, 'row')})"

"""Run the rules and squawk on migrations, and set aside the findings that scripts allow."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from schema_lab.review.allowances import Allowance
from schema_lab.review.change import Change
from schema_lab.review.findings import Finding, Findings
from schema_lab.review.rule import Rule, replaced_by, same_as
from schema_lab.review.rules import RULES
from schema_lab.review.rules.rule_failed import rule_failed
from schema_lab.review.squawk import MISSING, lint, program


@dataclass(frozen=True)
class _Judged:
    """What was found in a migration."""

    findings: tuple[Finding, ...]
    suppressed: tuple[Finding, ...]


def review(changes: Sequence[Change], root: Path, notes: Iterable[str] = ()) -> Findings:
    """Review migrations, in their order. Read-only.

    Parameters
    ----------
    changes
        The migrations, all on the same dialect.
    root
        The project's folder.
    notes
        Notes on the review as a whole.

    Raises
    ------
    SchemaLabError
        When squawk is installed and fails.
    """
    said, more = _linted(changes, root)
    judged = [_judged(change, found) for change, found in zip(changes, said, strict=True)]
    return Findings.of(
        findings=[finding for each in judged for finding in each.findings],
        suppressed=[finding for each in judged for finding in each.suppressed],
        reviewed=[change.revision for change in changes],
        notes=(*notes, *more),
    )


def found_in(change: Change, said: Sequence[Finding] = ()) -> Iterator[Finding]:
    """Yield what the rules find in a migration, unless squawk reports the same. Read-only.

    Examples
    --------
    >>> from alembic.operations import ops
    >>> next(found_in(Change.of([ops.DropColumnOp("users", "plan")]))).code
    'SL101'
    """
    for rule in RULES:
        yield from _found_by(rule, change, said)


def _found_by(rule: Rule, change: Change, said: Sequence[Finding]) -> Iterator[Finding]:
    same = same_as(rule)
    known = {id(finding.step) for finding in said if finding.code in same}
    for finding in rule.find(change):
        if finding.step is None or id(finding.step) not in known:
            yield finding


def _survived(rule: Rule, change: Change, said: Sequence[Finding]) -> list[Finding]:
    """Return what a rule finds; a rule that fails is reported, and the others continue."""
    try:
        return list(_found_by(rule, change, said))
    except Exception as error:  # noqa: BLE001 - operations of other libraries may be anything
        return [rule_failed(rule.CODE, error)]


def _linted(changes: Sequence[Change], root: Path) -> tuple[list[list[Finding]], tuple[str, ...]]:
    """Return squawk's findings for each migration, and a note if squawk is not installed."""
    if not changes or changes[0].dialect != "postgresql":
        return [[] for _ in changes], ()
    if program() is None:
        return [[] for _ in changes], (MISSING,)
    return lint(changes, root), ()


def _judged(change: Change, said: Sequence[Finding]) -> _Judged:
    ours = tuple(finding for rule in RULES for finding in _survived(rule, change, said))
    found = [_placed(finding, change) for finding in (*ours, *_not_replaced(ours, said))]
    kept, suppressed = list[Finding](), list[Finding]()
    for finding in found:
        allowance = _allowance(change.allowances, finding)
        if allowance is None:
            kept.append(finding)
        else:
            suppressed.append(replace(finding, reason=allowance.reason))
    return _Judged(tuple(kept), tuple(suppressed))


def _not_replaced(ours: Sequence[Finding], said: Sequence[Finding]) -> Iterator[Finding]:
    """Yield squawk's findings, unless a rule of the lab says more about the same operation."""
    less = {rule.CODE: replaced_by(rule) for rule in RULES}
    gone = {(id(finding.step), name) for finding in ours for name in less.get(finding.code, ())}
    return (finding for finding in said if (id(finding.step), finding.code) not in gone)


def _placed(finding: Finding, change: Change) -> Finding:
    """Add revision, file and line; a script on disk is edited by hand, not by a call."""
    on_disk = change.path is not None
    line = finding.line if finding.step is None else finding.step.line
    return replace(
        finding,
        revision=change.revision,
        path=change.path,
        line=line,
        call="" if on_disk and finding.call.startswith("candidate.") else finding.call,
    )


def _allowance(allowances: Iterable[Allowance], finding: Finding) -> Allowance | None:
    return next(
        (allowance for allowance in allowances if allowance.covers(finding.code, finding.line)),
        None,
    )

"""Findings of a review: each is a risk of a migration, with its reason and a safe recipe."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from schema_lab.review.reviewed_operation import ReviewedOperation
from schema_lab.rows import Violations
from schema_lab.views import findings as view
from schema_lab.views.frame import frame_of

if TYPE_CHECKING:
    import pandas as pd

Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")
"""Most severe first: an error fails `schema-lab review`."""


@dataclass(frozen=True)
class Finding:
    """What a rule found in a migration.

    `sentence` describes this migration, with numbers if a database was asked. `why` explains the
    risk, `recipe` the safe way, `call` the call that applies it, if there is such a call. `rows`
    are the blocking rows (see `finding.rows.frame`), or None. A rule sets all of these and `step`;
    the review adds revision, file and line.
    """

    code: str
    severity: Severity
    table: str
    column: str
    sentence: str
    why: str
    recipe: str
    call: str = ""
    step: ReviewedOperation | None = field(default=None, repr=False, compare=False)
    revision: str = ""
    path: Path | None = field(default=None, compare=False)
    line: int | None = None
    reason: str = ""
    rows: Violations | None = field(default=None, repr=False, compare=False)

    @property
    def where(self) -> str:
        """The revision and the line, such as "d12031e82873, line 24"."""
        line = "" if self.line is None else f"line {self.line}"
        return ", ".join(part for part in (self.revision, line) if part)

    def __repr__(self) -> str:
        return view.line(self)


@dataclass(frozen=True)
class Findings:
    """What a review found, most severe first.

    `suppressed` are the findings that a script allows, `reviewed` the ids of the revisions,
    `notes` concern the review as a whole.
    """

    findings: tuple[Finding, ...] = ()
    suppressed: tuple[Finding, ...] = ()
    reviewed: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        findings: Iterable[Finding],
        suppressed: Iterable[Finding] = (),
        reviewed: Iterable[str] = (),
        notes: Iterable[str] = (),
    ) -> Findings:
        """Sort findings by severity; findings of the same severity keep their order."""
        ordered = sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity))
        return cls(tuple(ordered), tuple(suppressed), tuple(reviewed), tuple(notes))

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that fail a review."""
        return tuple(finding for finding in self.findings if finding.severity == "error")

    @property
    def frame(self) -> pd.DataFrame:
        """The findings as a table.

        Returns
        -------
        DataFrame
            Columns code, severity, revision, line (Int64), table, column, sentence, why, recipe,
            call, suppressed (bool), reason; suppressed ones come last.
        """
        rows = [
            (
                *(
                    finding.code,
                    finding.severity,
                    finding.revision,
                    finding.line,
                    finding.table,
                    finding.column,
                ),
                *(finding.sentence, finding.why, finding.recipe, finding.call),
                *(finding in self.suppressed, finding.reason),
            )
            for finding in (*self.findings, *self.suppressed)
        ]
        return frame_of(rows, list(_COLUMNS)).astype({"line": "Int64"})

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    def __len__(self) -> int:
        return len(self.findings)

    def __getitem__(self, index: int) -> Finding:
        return self.findings[index]

    def __repr__(self) -> str:
        return view.text(self)

    def _repr_html_(self) -> str:
        return view.html(self)


_COLUMNS = (
    *("code", "severity", "revision", "line", "table", "column"),
    *("sentence", "why", "recipe", "call", "suppressed", "reason"),
)

"""A finding: one danger of a migration, said with its reason and the safe recipe."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from schema_lab.autogenerate.obstacle import Obstacle
from schema_lab.review.step import Step
from schema_lab.views import findings as view

if TYPE_CHECKING:
    import pandas as pd

Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")
"""From the gravest: an error fails `schema-lab review`."""


@dataclass(frozen=True)
class Finding:
    """What a rule found in a change.

    `sentence` speaks of this very change, with numbers where a live database was asked; `why`
    says the danger, `recipe` the safe way, `call` the one call that takes it, if there is one.
    `rows` are the live rows in the way, such as `finding.rows.frame`; None where there are none.
    A rule gives all of these and `step`; the review adds revision, file and line.
    """

    code: str
    severity: Severity
    table: str
    column: str
    sentence: str
    why: str
    recipe: str
    call: str = ""
    step: Step | None = field(default=None, repr=False, compare=False)
    revision: str = ""
    path: Path | None = field(default=None, compare=False)
    line: int | None = None
    reason: str = ""
    rows: Obstacle | None = field(default=None, repr=False, compare=False)

    @property
    def where(self) -> str:
        """Say where it stands, such as "d12031e82873, line 24"."""
        line = "" if self.line is None else f"line {self.line}"
        return ", ".join(part for part in (self.revision, line) if part)

    def __repr__(self) -> str:
        return view.line(self)


@dataclass(frozen=True)
class Findings:
    """What a review found, the gravest first.

    `suppressed` are those that a script allows, `reviewed` the ids of the revisions, `notes` what
    is to be said of the review as a whole.
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
        """Sort findings by severity; within one they stay in their order."""
        ordered = sorted(findings, key=lambda one: SEVERITIES.index(one.severity))
        return cls(tuple(ordered), tuple(suppressed), tuple(reviewed), tuple(notes))

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that fail a review."""
        return tuple(one for one in self.findings if one.severity == "error")

    @property
    def frame(self) -> pd.DataFrame:
        """The findings as a table.

        Returns
        -------
        DataFrame
            Columns code, severity, revision, line (Int64), table, column, sentence, why, recipe,
            call, suppressed (bool), reason; suppressed ones come last.
        """
        import pandas as pd

        rows = [
            (
                *(one.code, one.severity, one.revision, one.line, one.table, one.column),
                *(one.sentence, one.why, one.recipe, one.call),
                *(one in self.suppressed, one.reason),
            )
            for one in (*self.findings, *self.suppressed)
        ]
        return pd.DataFrame(rows, columns=list(_COLUMNS)).astype({"line": "Int64"})

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

"""How a rule gives a finding on a step."""

from schema_lab.autogenerate.obstacle import Obstacle
from schema_lab.review.acts import Act
from schema_lab.review.change import Change
from schema_lab.review.finding import Finding, Severity
from schema_lab.review.step import Place, Step
from schema_lab.review.words import counted


def on(  # noqa: PLR0913 - a finding has this many parts
    step: Step,
    code: str,
    severity: Severity,
    sentence: str,
    why: str,
    recipe: str,
    *,
    call: str = "",
    place: Place | None = None,
    column: str = "",
    rows: Obstacle | None = None,
) -> Finding:
    """Give a finding on a step; the table and column are the step's, if no others are named."""
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


def at(act: Act) -> dict[str, object]:
    """Name the table and column of an act, for `on`."""
    return {"place": act.place, "column": act.column}


def of_rows(change: Change, place: Place) -> str:
    """Say how many rows a table has, such as " (1 204 rows)"; "" where nobody knows."""
    rows = change.live.rows(place) if change.live else None
    return "" if rows is None else f" ({counted(rows, 'row')})"

"""How a candidate migration looks: operations, upgrade(), downgrade(), SQL per dialect."""

from collections.abc import Iterator

from schema_lab.views import diff, findings, obstacles, operations, questions
from schema_lab.views.code import block
from schema_lab.views.error import piece as error_piece
from schema_lab.views.html import box, details, escape, page, tabs
from schema_lab.views.plain import visible
from schema_lab.views.shapes import CandidateShape

DIALECTS = {"sqlite": "SQLite", "postgresql": "PostgreSQL", "mariadb": "MariaDB"}
"""The dialects that a candidate's SQL is shown for, by Alembic's name."""

NOTHING = "Nothing to migrate: the database equals the models."


def html(candidate: CandidateShape) -> str:
    """Show the candidate on one page: what it does, what it asks, and its code in tabs."""
    return page(
        lead(candidate),
        operations_html(candidate),
        questions.piece(tuple(candidate.questions)),
        obstacles_html(candidate),
        tabs(dict(_sections(candidate))),
    )


def what_it_does(candidate: CandidateShape) -> str:
    """Show its message, its operations and what stands in its way, for a larger page."""
    return lead(candidate) + operations_html(candidate) + obstacles_html(candidate)


def folded(candidate: CandidateShape) -> str:
    """Show a candidate that is done as one line that unfolds, for a larger page."""
    body = operations_html(candidate) + tabs(dict(_sections(candidate)))
    return details(f"Candidate: {candidate.message}", body)


def _sections(candidate: CandidateShape) -> Iterator[tuple[str, str]]:
    yield "upgrade()", block(candidate.upgrade_code)
    yield "downgrade()", block(candidate.downgrade_code)
    for dialect, name in DIALECTS.items():
        yield f"SQL for {name}", sql_html(candidate, dialect)
    answered = candidate.answered
    if answered.before != answered.after:
        yield "Since the answers", diff.piece(answered)
    if candidate.findings is not None:
        yield "Review", findings.piece(candidate.findings)


def text(candidate: CandidateShape) -> str:
    """Say the candidate's operations and both function bodies."""
    return "\n".join(
        [
            f"Candidate: {visible(candidate.message)}",
            operations.text(candidate.operations) or NOTHING,
            *([questions.text(tuple(candidate.questions))] if any(candidate.questions) else []),
            *(f"✗ {visible(one.sentence)}" for one in candidate.offending),
            "",
            visible(candidate.upgrade_code.rstrip(), keep="\n\t"),
            "",
            visible(candidate.downgrade_code.rstrip(), keep="\n\t"),
        ]
    )


def lead(candidate: CandidateShape) -> str:
    """Show the candidate's message, as one piece."""
    return f'<p class="sl-lead">Candidate: {escape(candidate.message)}</p>'


def operations_html(candidate: CandidateShape) -> str:
    """Show the candidate's operations, or that there are none, as one piece."""
    if not candidate.operations:
        return f'<p class="sl-muted">{NOTHING}</p>'
    return operations.html(candidate.operations)


def obstacles_html(candidate: CandidateShape) -> str:
    """Show which rows stand in the way, as one piece; nothing when none do."""
    if not candidate.offending:
        return ""
    lines = "".join(obstacles.piece(one) for one in candidate.offending)
    return box("bad", '<p class="sl-lead">Live rows stand in the way</p>', lines)


def sql_html(candidate: CandidateShape, dialect: str, direction: str = "upgrade") -> str:
    """Show the candidate's SQL as one piece, or why a dialect cannot say it."""
    try:
        sql = candidate.sql(dialect, direction)
    except Exception as problem:  # noqa: BLE001 - a dialect may refuse, the rest stays readable
        return error_piece(f"No SQL for {DIALECTS.get(dialect, dialect)}.", str(problem))
    return block(sql, "sql")

"""How a candidate looks, the proposed migration: operations, both functions, SQL per dialect."""

from collections.abc import Iterator

from schema_lab.views.code import block, diff_piece
from schema_lab.views.drift import operations_piece, operations_text
from schema_lab.views.findings import blocking_rows_piece
from schema_lab.views.findings import piece as findings_piece
from schema_lab.views.html import alert, box, details, escape, page, tabs
from schema_lab.views.plain import visible
from schema_lab.views.questions import questions_piece, questions_text
from schema_lab.views.shapes import CandidateShape

DIALECTS = {"sqlite": "SQLite", "postgresql": "PostgreSQL", "mariadb": "MariaDB"}
"""The dialects that a candidate's SQL is shown for, by Alembic's name."""

NOTHING = "Nothing to migrate: the database matches the models."


def candidate_html(candidate: CandidateShape) -> str:
    """Show the candidate on one page: its operations, its questions, and its code in tabs."""
    return page(
        _lead(candidate),
        _operations(candidate),
        questions_piece(tuple(candidate.questions)),
        _blocking_rows(candidate),
        tabs(dict(_sections(candidate))),
    )


def summary_piece(candidate: CandidateShape) -> str:
    """Show the message, the operations and the blocking rows, for a larger page."""
    return _lead(candidate) + _operations(candidate) + _blocking_rows(candidate)


def folded_piece(candidate: CandidateShape) -> str:
    """Show a candidate that was applied as one line that unfolds, for a larger page."""
    body = _operations(candidate) + tabs(dict(_sections(candidate)))
    return details(f"Candidate: {candidate.message}", body)


def sql_piece(candidate: CandidateShape, dialect: str, direction: str = "upgrade") -> str:
    """Show the candidate's SQL for one dialect, or why there is none, for a larger page."""
    try:
        sql = candidate.sql(dialect, direction)
    except Exception as problem:  # noqa: BLE001 - a dialect may refuse, the others stay readable
        return alert(f"No SQL for {DIALECTS.get(dialect, dialect)}.", str(problem))
    return block(sql, "sql")


def candidate_text(candidate: CandidateShape) -> str:
    """Say the candidate's operations and both function bodies."""
    return "\n".join(
        [
            f"Candidate: {visible(candidate.message)}",
            operations_text(candidate.operations) or NOTHING,
            *([questions_text(tuple(candidate.questions))] if any(candidate.questions) else []),
            *(f"✗ {visible(blocking.sentence)}" for blocking in candidate.offending),
            "",
            visible(candidate.upgrade_code.rstrip(), keep="\n\t"),
            "",
            visible(candidate.downgrade_code.rstrip(), keep="\n\t"),
        ]
    )


def _lead(candidate: CandidateShape) -> str:
    return f'<p class="sl-lead">Candidate: {escape(candidate.message)}</p>'


def _operations(candidate: CandidateShape) -> str:
    if not candidate.operations:
        return f'<p class="sl-muted">{NOTHING}</p>'
    return operations_piece(candidate.operations)


def _blocking_rows(candidate: CandidateShape) -> str:
    """Show the existing rows that block the candidate; nothing when there are none."""
    if not candidate.offending:
        return ""
    lines = "".join(blocking_rows_piece(blocking) for blocking in candidate.offending)
    return box("bad", '<p class="sl-lead">Existing rows block this migration</p>', lines)


def _sections(candidate: CandidateShape) -> Iterator[tuple[str, str]]:
    yield "upgrade()", block(candidate.upgrade_code)
    yield "downgrade()", block(candidate.downgrade_code)
    for dialect, name in DIALECTS.items():
        yield f"SQL for {name}", sql_piece(candidate, dialect)
    answered = candidate.answered
    if answered.before != answered.after:
        yield "Changed by your answers", diff_piece(answered)
    if candidate.findings is not None:
        yield "Review", findings_piece(candidate.findings)

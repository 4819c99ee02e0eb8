"""How a run looks: an upgrade or downgrade that has happened."""

from schema_lab.views.code import block
from schema_lab.views.html import box, details, escape, page
from schema_lab.views.plain import count, names, visible
from schema_lab.views.shapes import RunShape, StatementShape

MOST_STATEMENTS = 100
"""Statements of a run that are shown; the run itself holds all."""


def html(run: RunShape, times: bool = False) -> str:
    """Show the run in a box, its statements folded below; `times` adds milliseconds."""
    return page(piece(run, times))


def piece(run: RunShape, times: bool = False) -> str:
    """Show the run without its style, for a larger page."""
    tone = "good" if run.revisions else "plain"
    lead = f'<p class="sl-lead">{"✓ " if run.revisions else ""}{escape(_lead(run))}</p>'
    facts = f'<p class="sl-muted">{escape(_facts(run, times))}</p>'
    notes = "".join(f"<p>! {escape(note)}</p>" for note in run.notes)
    return box(tone, lead, facts, notes, _statements(run, times) if run.statements else "")


def text(run: RunShape, times: bool = False) -> str:
    """Say the run in plain lines; `times` adds milliseconds."""
    steps = [f"  {visible(r)}" for r in run.revisions]
    notes = [f"! {visible(note)}" for note in run.notes]
    return "\n".join([_lead(run), *steps, *notes, *([_total(run)] if times else [])])


def _lead(run: RunShape) -> str:
    verb = visible(run.direction)
    if not run.revisions and run.before == run.after:
        return f"Nothing to {verb}: the database is at {names(run.after)}."
    return f"{verb} {names(run.before)} → {names(run.after)}"


def _facts(run: RunShape, times: bool) -> str:
    revisions = names(run.revisions, empty="none")
    facts = [f"revisions: {revisions}", count(len(run.statements), "statement")]
    return " · ".join([*facts, *([_total(run)] if times else [])])


def _total(run: RunShape) -> str:
    return f"{sum(s.milliseconds for s in run.statements):.1f} ms"


def _statements(run: RunShape, times: bool) -> str:
    sql = "\n".join(_statement(s, times) for s in run.statements[:MOST_STATEMENTS])
    more = len(run.statements) - MOST_STATEMENTS
    rest = f'<p class="sl-muted">and {count(more, "statement")} more</p>' if more > 0 else ""
    return details("SQL that ran", block(sql, "sql") + rest)


def _statement(statement: StatementShape, times: bool) -> str:
    ended = statement.sql.strip().rstrip(";") + ";"
    return f"{ended}  -- {statement.milliseconds:.1f} ms" if times else ended

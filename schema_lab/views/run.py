"""How a migration looks that ran or is running: a run, its statements, one statement at a time."""

# ruff: noqa: D102 - each member is documented by the value that has it

from collections.abc import Sequence
from typing import Protocol

from schema_lab.views.code import block
from schema_lab.views.html import box, details, escape, page, symbols
from schema_lab.views.plain import count, names, visible
from schema_lab.views.shapes import RunShape, StatementShape

MOST_STATEMENTS = 100
"""Statements of a run that are shown; the run itself holds all."""


class TableChangeShape(Protocol):
    """A table that a statement changed."""

    @property
    def sentence(self) -> str: ...


class StepShape(Protocol):
    """One statement that has just run."""

    @property
    def number(self) -> int: ...
    @property
    def revision(self) -> str: ...
    @property
    def direction(self) -> str: ...
    @property
    def sql(self) -> str: ...
    @property
    def changes(self) -> Sequence[TableChangeShape]: ...


class StepsShape(Protocol):
    """An upgrade or a downgrade that pauses after each statement."""

    @property
    def direction(self) -> str: ...
    @property
    def target(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def done(self) -> Sequence[StepShape]: ...


def run_html(run: RunShape, times: bool = False) -> str:
    """Show the run in a box, its statements folded below; `times` adds milliseconds."""
    return page(run_piece(run, times))


def run_piece(run: RunShape, times: bool = False) -> str:
    """Show the run without its style, for a larger page."""
    tone = "good" if run.revisions else "plain"
    lead = f'<p class="sl-lead">{"✓ " if run.revisions else ""}{escape(_lead(run))}</p>'
    facts = f'<p class="sl-muted">{escape(_facts(run, times))}</p>'
    notes = "".join(f"<p>! {escape(note)}</p>" for note in run.notes)
    return box(tone, lead, facts, notes, _statements(run, times) if run.statements else "")


def run_text(run: RunShape, times: bool = False) -> str:
    """Say the run in plain lines; `times` adds milliseconds."""
    revisions = [f"  {visible(revision)}" for revision in run.revisions]
    notes = [f"! {visible(note)}" for note in run.notes]
    return "\n".join([_lead(run), *revisions, *notes, *([_total(run)] if times else [])])


def step_html(step: StepShape) -> str:
    """Show one statement and what it changed, in a box."""
    return page(step_piece(step))


def step_piece(step: StepShape) -> str:
    """Show one statement without its style, for a larger page."""
    lead = f'<p class="sl-lead">{escape(_step_lead(step))}</p>'
    items = "".join(f"<li>{escape(change.sentence)}</li>" for change in step.changes)
    listed = symbols(items) if items else ""
    return box("plain", lead, block(step.sql.strip(), "sql"), listed)


def step_text(step: StepShape) -> str:
    """Say one statement and what it changed, in plain lines."""
    sql = [f"  {visible(line)}" for line in step.sql.strip().splitlines()]
    changed = [f"→ {visible(change.sentence)}" for change in step.changes]
    return "\n".join([_step_lead(step), *sql, *changed])


def steps_html(steps: StepsShape) -> str:
    """Show how far a migration has come that pauses after each statement, in a box."""
    items = "".join(f"<li><code>{escape(_sql_line(step))}</code></li>" for step in steps.done)
    lead = f'<p class="sl-lead">{escape(_steps_lead(steps))}</p>'
    return page(box("plain", lead, f"<ol>{items}</ol>" if items else ""))


def steps_text(steps: StepsShape) -> str:
    """Say how far a migration has come that pauses after each statement, in plain lines."""
    lines = (f"  {step.number}. {_sql_line(step)}" for step in steps.done)
    return "\n".join([_steps_lead(steps), *lines])


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
    return f"{sum(statement.milliseconds for statement in run.statements):.1f} ms"


def _statements(run: RunShape, times: bool) -> str:
    shown = run.statements[:MOST_STATEMENTS]
    sql = "\n".join(_statement(statement, times) for statement in shown)
    more = len(run.statements) - MOST_STATEMENTS
    rest = f'<p class="sl-muted">and {count(more, "more statement")}</p>' if more > 0 else ""
    return details("SQL that ran", block(sql, "sql") + rest)


def _statement(statement: StatementShape, times: bool) -> str:
    ended = statement.sql.strip().rstrip(";") + ";"
    return f"{ended}  -- {statement.milliseconds:.1f} ms" if times else ended


def _step_lead(step: StepShape) -> str:
    return f"statement {step.number} · {visible(step.direction)} {visible(step.revision)}"


def _steps_lead(steps: StepsShape) -> str:
    done = count(len(steps.done), "statement")
    target = visible(steps.target)
    return f"{steps.direction} to {target}, one statement at a time: {done}, {steps.state}"


def _sql_line(step: StepShape) -> str:
    return visible(" ".join(step.sql.split()))

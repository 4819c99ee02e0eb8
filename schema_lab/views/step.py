"""How stepping looks: one statement that has just run, and how far the steps have come."""

# ruff: noqa: D102 - each member is documented by the value that has it

from collections.abc import Sequence
from typing import Protocol

from schema_lab.views.code import block
from schema_lab.views.html import box, escape, page, symbols
from schema_lab.views.plain import count, visible


class ChangeShape(Protocol):
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
    def changes(self) -> Sequence[ChangeShape]: ...


class StepsShape(Protocol):
    """The steps of an upgrade or a downgrade."""

    @property
    def direction(self) -> str: ...
    @property
    def target(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def done(self) -> Sequence[StepShape]: ...


def html(step: StepShape) -> str:
    """Show the statement and what it changed, in a box."""
    return page(piece(step))


def piece(step: StepShape) -> str:
    """Show the step without its style, for a larger page."""
    lead = f'<p class="sl-lead">{escape(_lead(step))}</p>'
    items = "".join(f"<li>{escape(one.sentence)}</li>" for one in step.changes)
    listed = symbols(items) if items else ""
    return box("plain", lead, block(step.sql.strip(), "sql"), listed)


def text(step: StepShape) -> str:
    """Say the statement and what it changed, in plain lines."""
    sql = [f"  {visible(line)}" for line in step.sql.strip().splitlines()]
    changed = [f"→ {visible(one.sentence)}" for one in step.changes]
    return "\n".join([_lead(step), *sql, *changed])


def steps_html(steps: StepsShape) -> str:
    """Show how far the steps have come, in a box."""
    items = "".join(f"<li><code>{escape(_line(one))}</code></li>" for one in steps.done)
    lead = f'<p class="sl-lead">{escape(_where(steps))}</p>'
    return page(box("plain", lead, f"<ol>{items}</ol>" if items else ""))


def steps_text(steps: StepsShape) -> str:
    """Say how far the steps have come, in plain lines."""
    return "\n".join([_where(steps), *(f"  {one.number}. {_line(one)}" for one in steps.done)])


def _lead(step: StepShape) -> str:
    return f"step {step.number} · {visible(step.direction)} {visible(step.revision)}"


def _where(steps: StepsShape) -> str:
    done = count(len(steps.done), "statement")
    return f"{steps.direction} to {visible(steps.target)}, step by step: {done}, {steps.state}"


def _line(step: StepShape) -> str:
    return visible(" ".join(step.sql.split()))

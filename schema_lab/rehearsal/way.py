"""The way of a rehearsal: up or down, through which revisions, and back."""

from dataclasses import dataclass

from schema_lab import migrate
from schema_lab.errors import InputError
from schema_lab.history import (
    Environment,
    applied_ids,
    as_lab_errors,
    database_heads,
    fresh_sources,
)
from schema_lab.migrate import Run
from schema_lab.migrate.steps import steps_down, steps_up


@dataclass(frozen=True)
class Way:
    """A direction, its target, and the revisions on the way."""

    direction: str
    target: str
    revisions: tuple[str, ...]

    @classmethod
    def to(cls, environment: Environment, target: str) -> "Way":
        """Find the way from where the database stands. Read-only.

        Raises
        ------
        InputError
            When the target is empty.
        HistoryError
            When there is no such revision, or nothing in that direction.
        """
        if not target.strip():
            raise InputError("The target is empty.", 'Name a revision, or "head", "+1", "-1".')
        scripts, heads = environment.project.scripts(), database_heads(environment)
        direction = _direction(environment, target, heads)
        choose = steps_up if direction == "upgrade" else steps_down
        with as_lab_errors(environment.url), fresh_sources():
            steps = choose(scripts, heads, target)
            revisions = tuple(str(step.revision.revision) for step in steps)
        return cls(direction, target, revisions)

    def go(self, environment: Environment) -> Run:
        """Migrate; changes the database of this environment, which is a copy."""
        run = migrate.upgrade if self.direction == "upgrade" else migrate.downgrade
        return run(environment, self.target)

    def back(self, run: Run) -> "Way | None":
        """Give the way back from what a run did; None where there is more than one head."""
        if len(run.before) > 1:
            return None
        target = run.before[0] if run.before else "base"
        other = "downgrade" if self.direction == "upgrade" else "upgrade"
        return Way(other, target, run.revisions)

    def again(self, run: Run) -> "Way | None":
        """Give the same way once more, its target by name; None where there is no single one."""
        if len(run.after) > 1:
            return None
        return Way(self.direction, run.after[0] if run.after else "base", run.revisions)


def _direction(environment: Environment, target: str, heads: tuple[str, ...]) -> str:
    if target == "base" or target.startswith("-"):
        return "downgrade"
    if target in ("head", "heads") or target.startswith("+") or not heads:
        return "upgrade"
    scripts = environment.project.scripts()
    with as_lab_errors(), fresh_sources():
        named = scripts.get_revision(target)
    below = named.revision in applied_ids(scripts, heads)
    return "downgrade" if below and named.revision not in heads else "upgrade"

"""A migration plan: the direction to a target, and the revisions between here and there."""

from dataclasses import dataclass

from schema_lab import migrate
from schema_lab.history import Environment, database_heads
from schema_lab.migrate import Run


@dataclass(frozen=True)
class MigrationPlan:
    """A direction ("upgrade" or "downgrade"), its target, and the revisions that will run.

    `accepted` are the names of the losses of rebuilt tables that the caller accepts.
    """

    direction: str
    target: str
    revisions: tuple[str, ...]
    accepted: frozenset[str] = frozenset()

    @classmethod
    def to(
        cls, environment: Environment, target: str, accepted: migrate.Accepted | None = None
    ) -> "MigrationPlan":
        """Plan the migration from the database's current revision. Read-only.

        Raises
        ------
        InputError
            When the target is empty.
        HistoryError
            When there is no such revision, or nothing in that direction.
        """
        direction, steps = migrate.steps_to(environment, target, database_heads(environment))
        revisions = tuple(str(step.revision.revision) for step in steps)
        return cls(direction, target, revisions, migrate.accepted_names(accepted))

    def run(self, environment: Environment) -> Run:
        """Migrate. Changes the database of this environment, which is a copy."""
        migrate_to = migrate.upgrade if self.direction == "upgrade" else migrate.downgrade
        return migrate_to(environment, self.target, allow=migrate.accept_values(*self.accepted))

    def reversed(self, run: Run) -> "MigrationPlan | None":
        """Plan the opposite of what a run did; None if it began at more than one head."""
        if len(run.before) > 1:
            return None
        target = run.before[0] if run.before else "base"
        other = "downgrade" if self.direction == "upgrade" else "upgrade"
        return MigrationPlan(other, target, run.revisions, self.accepted)

    def repeated(self, run: Run) -> "MigrationPlan | None":
        """Plan the same migration again, by revision; None if the run ended at several heads."""
        if len(run.after) > 1:
            return None
        target = run.after[0] if run.after else "base"
        return MigrationPlan(self.direction, target, run.revisions, self.accepted)

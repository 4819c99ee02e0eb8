"""Make it so: write, upgrade, downgrade, stamp, merge, restore.

Only this folder changes a user's database or files. `driver` runs every migration.
"""

from schema_lab.migrate.alembic_command import run_alembic, run_without_project
from schema_lab.migrate.changed_rows import ChangedRows, change_rows
from schema_lab.migrate.environment import keep_answers, kept_answers, run_offline, run_online
from schema_lab.migrate.ignoring import ignore, stop_ignoring
from schema_lab.migrate.journal import Stopped
from schema_lab.migrate.loss_counts import Loss, accept_values, allow_recorded, losses_at
from schema_lab.migrate.losses import losses
from schema_lab.migrate.moves import (
    downgrade,
    init_db,
    resume,
    stamp,
    steps_to,
    stopped_revision,
    upgrade,
)
from schema_lab.migrate.owning import leave, own
from schema_lab.migrate.run import (
    EVERY_LOSS,
    Accepted,
    Allow,
    Cancelled,
    OnRevision,
    Run,
    Start,
    Statement,
    accepted_names,
)
from schema_lab.migrate.snapshot import Restored, restore, snapshot
from schema_lab.migrate.stepping import Step, StepController, Steps, step_through
from schema_lab.migrate.write import checked_message, merge, revision, unused_id, write

__all__ = [
    "EVERY_LOSS",
    "Accepted",
    "Allow",
    "Cancelled",
    "ChangedRows",
    "Loss",
    "OnRevision",
    "Restored",
    "Run",
    "Start",
    "Statement",
    "Step",
    "StepController",
    "Steps",
    "Stopped",
    "accept_values",
    "accepted_names",
    "allow_recorded",
    "change_rows",
    "checked_message",
    "downgrade",
    "ignore",
    "init_db",
    "keep_answers",
    "kept_answers",
    "leave",
    "losses",
    "losses_at",
    "merge",
    "own",
    "restore",
    "resume",
    "revision",
    "run_alembic",
    "run_offline",
    "run_online",
    "run_without_project",
    "snapshot",
    "stamp",
    "step_through",
    "steps_to",
    "stop_ignoring",
    "stopped_revision",
    "unused_id",
    "upgrade",
    "write",
]

"""Make it so: write, upgrade, downgrade, stamp, merge, restore. Only this folder changes things."""

from schema_lab.migrate.alembic_command import run_alembic, run_without_project
from schema_lab.migrate.answers import keep_answers, kept_answers
from schema_lab.migrate.environment import run_offline, run_online
from schema_lab.migrate.hooks import Cancelled, OnRevision
from schema_lab.migrate.ignoring import ignore, stop_ignoring
from schema_lab.migrate.journal import Stopped
from schema_lab.migrate.losses import Loss, losses, losses_at
from schema_lab.migrate.messages import checked_id, checked_message
from schema_lab.migrate.restore import Restored, restore
from schema_lab.migrate.run import Run, Statement
from schema_lab.migrate.runner import (
    downgrade,
    resume,
    stamp,
    stopped_revision,
    upgrade,
)
from schema_lab.migrate.snapshot import snapshot
from schema_lab.migrate.start import Allow, Start
from schema_lab.migrate.startup import init_db
from schema_lab.migrate.stepping import Baton, Step, Steps, stepping
from schema_lab.migrate.write import merge, revision, write

__all__ = [
    "Allow",
    "Baton",
    "Cancelled",
    "Loss",
    "OnRevision",
    "Restored",
    "Run",
    "Start",
    "Statement",
    "Step",
    "Steps",
    "Stopped",
    "checked_id",
    "checked_message",
    "downgrade",
    "ignore",
    "init_db",
    "keep_answers",
    "kept_answers",
    "losses",
    "losses_at",
    "merge",
    "restore",
    "resume",
    "revision",
    "run_alembic",
    "run_offline",
    "run_online",
    "run_without_project",
    "snapshot",
    "stamp",
    "stepping",
    "stop_ignoring",
    "stopped_revision",
    "upgrade",
    "write",
]

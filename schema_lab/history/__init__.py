"""How did it get there? The script directory, the revisions, and where the database stands."""

from schema_lab.history.alembic_lock import ALEMBIC_LOCK
from schema_lab.history.checksum_file import ChecksumFile
from schema_lab.history.checksums import Checksums
from schema_lab.history.condition import Condition, condition, refuse_unsound
from schema_lab.history.drops import Drop, drops_of
from schema_lab.history.environment import READY, Environment, Options
from schema_lab.history.failures import DriverError, as_lab_errors, driver_message, translate
from schema_lab.history.health import (
    damaged,
    edits,
    missing_tables,
    refuse_damage,
    refuse_forgotten,
    refuse_heads,
    refuse_leftovers,
)
from schema_lab.history.project import Project, fresh_sources
from schema_lab.history.revisions import History, Revision, history_of
from schema_lab.history.scripts import check_when_loaded
from schema_lab.history.standing import (
    Standing,
    applied_ids,
    checksums,
    database_heads,
    look,
    project_metadata,
    script_heads,
    whole_history,
)

__all__ = [
    "ALEMBIC_LOCK",
    "READY",
    "ChecksumFile",
    "Checksums",
    "Condition",
    "DriverError",
    "Drop",
    "Environment",
    "History",
    "Options",
    "Project",
    "Revision",
    "Standing",
    "applied_ids",
    "as_lab_errors",
    "check_when_loaded",
    "checksums",
    "condition",
    "damaged",
    "database_heads",
    "driver_message",
    "drops_of",
    "edits",
    "fresh_sources",
    "history_of",
    "look",
    "missing_tables",
    "project_metadata",
    "refuse_damage",
    "refuse_forgotten",
    "refuse_heads",
    "refuse_leftovers",
    "refuse_unsound",
    "script_heads",
    "translate",
    "whole_history",
]

"""How did it get there? The script directory, the revisions, and where the database stands."""

from schema_lab.history.alembic_lock import ALEMBIC_LOCK
from schema_lab.history.asynchronous import is_asynchronous, outside_of_the_loop
from schema_lab.history.checksum_file import ChecksumFile
from schema_lab.history.checksums import Checksums
from schema_lab.history.condition import Condition, condition, refuse_unsound, soundness
from schema_lab.history.drops import Drop, drops_of
from schema_lab.history.env_errors import env_errors
from schema_lab.history.environment import (
    READY,
    URL,
    Environment,
    Options,
    decide,
    logging_untouched,
)
from schema_lab.history.failures import DriverError, as_lab_errors, driver_message, translate
from schema_lab.history.graph import Graph
from schema_lab.history.health import (
    damaged,
    edits,
    missing_tables,
    refuse_damage,
    refuse_forgotten,
    refuse_heads,
    refuse_leftovers,
)
from schema_lab.history.ignored import ignored_in
from schema_lab.history.kept_scripts import paths_of, revisions_of
from schema_lab.history.project import Project, fresh_sources, plain_config
from schema_lab.history.revisions import History, Revision, history_of
from schema_lab.history.scripts import check_when_loaded
from schema_lab.history.standing import (
    Standing,
    applied_ids,
    checksums,
    database_heads,
    heads_in,
    look,
    project_metadata,
    read_again,
    script_heads,
    whole_history,
)

__all__ = [
    "ALEMBIC_LOCK",
    "READY",
    "URL",
    "ChecksumFile",
    "Checksums",
    "Condition",
    "DriverError",
    "Drop",
    "Environment",
    "Graph",
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
    "decide",
    "driver_message",
    "drops_of",
    "edits",
    "env_errors",
    "fresh_sources",
    "heads_in",
    "history_of",
    "ignored_in",
    "is_asynchronous",
    "logging_untouched",
    "look",
    "missing_tables",
    "outside_of_the_loop",
    "paths_of",
    "plain_config",
    "project_metadata",
    "read_again",
    "refuse_damage",
    "refuse_forgotten",
    "refuse_heads",
    "refuse_leftovers",
    "refuse_unsound",
    "revisions_of",
    "script_heads",
    "soundness",
    "translate",
    "whole_history",
]

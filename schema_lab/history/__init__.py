"""How did it get there? The script directory, its revisions, and the database's current state."""

from schema_lab.history.aim import PROBE
from schema_lab.history.alembic_lock import ALEMBIC_LOCK, fresh_sources
from schema_lab.history.carried import StandInType
from schema_lab.history.checksums import ChecksumFile, ChecksumRecorder, Checksums
from schema_lab.history.current_state import (
    Condition,
    CurrentState,
    applied_ids,
    checksums,
    condition,
    database_heads,
    heads_in,
    look,
    never_ran,
    project_metadata,
    read_again,
    refuse_unsound,
    script_heads,
    soundness,
    trace,
    whole_history,
)
from schema_lab.history.entries import as_entry, entries_in, ignored_in
from schema_lab.history.env_py import (
    env_errors,
    is_asynchronous,
    logging_untouched,
    outside_of_the_loop,
)
from schema_lab.history.environment import READY, URL, Environment, Options, decide
from schema_lab.history.health import (
    damaged,
    edits,
    missing_tables,
    refuse_damage,
    refuse_forgotten,
    refuse_heads,
    refuse_leftovers,
)
from schema_lab.history.project import (
    Overlaid,
    Project,
    paths_of,
    plain_config,
    revisions_of,
)
from schema_lab.history.project_models import GivenModels, ProjectModels
from schema_lab.history.revisions import Graph, History, Revision, history_of
from schema_lab.history.script_text import (
    COPY_OF,
    FORGETS,
    Drop,
    TypeChange,
    drops_of,
    forgotten_by,
    type_changes_of,
)
from schema_lab.history.scripts import check_when_loaded
from schema_lab.history.translation import (
    DriverError,
    as_lab_errors,
    driver_message,
    translate,
)

__all__ = [
    "ALEMBIC_LOCK",
    "COPY_OF",
    "FORGETS",
    "PROBE",
    "READY",
    "URL",
    "ChecksumFile",
    "ChecksumRecorder",
    "Checksums",
    "Condition",
    "CurrentState",
    "DriverError",
    "Drop",
    "Environment",
    "GivenModels",
    "Graph",
    "History",
    "Options",
    "Overlaid",
    "Project",
    "ProjectModels",
    "Revision",
    "StandInType",
    "TypeChange",
    "applied_ids",
    "as_entry",
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
    "entries_in",
    "env_errors",
    "forgotten_by",
    "fresh_sources",
    "heads_in",
    "history_of",
    "ignored_in",
    "is_asynchronous",
    "logging_untouched",
    "look",
    "missing_tables",
    "never_ran",
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
    "trace",
    "translate",
    "type_changes_of",
    "whole_history",
]

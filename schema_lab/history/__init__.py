"""How did it get there? The script directory, the revisions, and where the database stands."""

from schema_lab.history.drops import Drop, drops_of
from schema_lab.history.environment import READY, Environment, Options
from schema_lab.history.failures import as_lab_errors, driver_message, translate
from schema_lab.history.project import Project, fresh_sources
from schema_lab.history.revisions import History, Revision, history_of
from schema_lab.history.standing import (
    applied_ids,
    database_heads,
    look,
    project_metadata,
    script_heads,
    whole_history,
)

__all__ = [
    "READY",
    "Drop",
    "Environment",
    "History",
    "Options",
    "Project",
    "Revision",
    "applied_ids",
    "as_lab_errors",
    "database_heads",
    "driver_message",
    "drops_of",
    "fresh_sources",
    "history_of",
    "look",
    "project_metadata",
    "script_heads",
    "translate",
    "whole_history",
]

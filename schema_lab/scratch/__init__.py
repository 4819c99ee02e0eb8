"""Where can I play? A temporary project and a scratch database, deleted at exit."""

from schema_lab.scratch.databases import scratch_database
from schema_lab.scratch.project import next_number, scratch_folder, scratch_project

__all__ = ["next_number", "scratch_database", "scratch_folder", "scratch_project"]

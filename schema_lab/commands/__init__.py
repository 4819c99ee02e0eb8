"""One command line of `alembic`: parsed by Alembic, and run through the lab's methods."""

from schema_lab.commands.running import (
    COMMANDS,
    NEEDS_NO_PROJECT,
    Output,
    parsed,
    run_line,
    run_without_project,
)

__all__ = [
    "COMMANDS",
    "NEEDS_NO_PROJECT",
    "Output",
    "parsed",
    "run_line",
    "run_without_project",
]

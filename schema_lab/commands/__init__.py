"""One line of `alembic`: understood as Alembic does, and run through the lab's doors."""

from schema_lab.commands.line import COMMANDS, NEEDS_NO_PROJECT, parsed
from schema_lab.commands.output import Output
from schema_lab.commands.running import run_line, run_without_project

__all__ = [
    "COMMANDS",
    "NEEDS_NO_PROJECT",
    "Output",
    "parsed",
    "run_line",
    "run_without_project",
]

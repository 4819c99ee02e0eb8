"""The command line: deployments, and the reviews of a team."""

from schema_lab.cli.program import main
from schema_lab.cli.run_migrations import app

__all__ = ["app", "main"]

"""The command line: deployments, and the reviews of a team."""

from schema_lab.cli.program import main

__all__ = ["main"]

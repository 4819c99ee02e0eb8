"""A debugger for migrations: stop after each statement and look at the tables."""

from schema_lab.migrate.stepping.baton import Baton
from schema_lab.migrate.stepping.pictures import TableChange
from schema_lab.migrate.stepping.steps import Step, Steps, stepping

__all__ = ["Baton", "Step", "Steps", "TableChange", "stepping"]

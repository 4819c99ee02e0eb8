"""Temporary copies of a database: a module for each dialect."""

from contextlib import suppress
from types import ModuleType

from schema_lab.database.dialects import shared
from schema_lab.errors import SchemaLabError
from schema_lab.history import Environment, as_lab_errors
from schema_lab.rehearsal.copies import mariadb_copy, postgresql_copy, sqlite_copy
from schema_lab.rehearsal.copies.copy import Copy, KeptCopy, folder, sweep_folders

__all__ = ["Copy", "KeptCopy", "folder", "module_of", "sweep"]

_MODULES = shared({"sqlite": sqlite_copy, "postgresql": postgresql_copy, "mysql": mariadb_copy})


def module_of(environment: Environment) -> ModuleType:
    """Return the module that copies a database of this dialect."""
    return _MODULES[environment.url.get_backend_name()]


def sweep(environment: Environment) -> None:
    """Remove the copies of killed rehearsals from this machine and from the database server."""
    sweep_folders()
    with suppress(SchemaLabError), as_lab_errors(environment.url):
        if environment.url.get_backend_name() != "sqlite":
            module_of(environment).sweep(environment)

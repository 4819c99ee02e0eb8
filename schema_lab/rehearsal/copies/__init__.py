"""Throwaway copies of a database, on each dialect."""

from contextlib import suppress
from types import ModuleType

from schema_lab.errors import SchemaLabError
from schema_lab.history import Environment, as_lab_errors
from schema_lab.rehearsal.copies import mariadb, postgresql, sqlite
from schema_lab.rehearsal.copies.folders import folder, sweep_folders
from schema_lab.rehearsal.copies.tables import table_keys
from schema_lab.rehearsal.copies.values import Copy, Kept, TableKey

__all__ = ["Copy", "Kept", "TableKey", "folder", "module_of", "sweep", "table_keys"]

_MODULES = {"sqlite": sqlite, "postgresql": postgresql, "mariadb": mariadb, "mysql": mariadb}


def module_of(environment: Environment) -> ModuleType:
    """Give the module that copies a database of this dialect."""
    return _MODULES[environment.url.get_backend_name()]


def sweep(environment: Environment) -> None:
    """Remove what killed rehearsals left on this machine and on the database's server."""
    sweep_folders()
    with suppress(SchemaLabError), as_lab_errors(environment.url):
        if environment.url.get_backend_name() != "sqlite":
            module_of(environment).sweep(environment)

"""The models that env.py names, as the project's files are now. Read-only.

They are read in this process when a lab is opened. Once a file from which they come has changed, a
new interpreter reads them, since this process has imported the older file; where env.py's own
functions, such as include_object, come from such a file, nothing is compared.
"""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

from schema_lab.errors import HistoryError, SchemaLabError
from schema_lab.history.carried import RESTART, Metadata
from schema_lab.history.current_state import options_of
from schema_lab.history.environment import Environment, Options
from schema_lab.history.fresh_models import Reading, read_fresh
from schema_lab.history.own_files import own_file, own_module
from schema_lab.history.sources import (
    changed,
    imported_sources,
    outdated,
    state_of,
)


class ProjectModels:
    """The models of a project, read again when a file has changed.

    Parameters
    ----------
    environment
        The project and its database.

    Raises
    ------
    SchemaLabError
        When env.py fails.
    """

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._first = self._last = _read_here(environment)

    @property
    def first(self) -> Metadata | None:
        """The models as this process has imported them."""
        return self._first.metadata

    @property
    def seed(self) -> Any:
        """The set of models of which `first` holds the tables, in a project made for the lab."""
        return getattr(self.first, "info", {}).get("schema_lab.models")

    def files(self) -> tuple[str, ...]:
        """Give the digests of the files from which the models come. Read-only."""
        return tuple(map(state_of, self._last.sources))

    def metadata(self) -> Metadata | None:
        """Give the models as the files are now.

        Raises
        ------
        HistoryError
            When they cannot be read again, with the files that have changed.
        """
        for reading in (self._last, self._first):
            if not changed(reading.sources):
                self._last = reading
                return reading.metadata
        names = _named(changed(self._last.sources))
        try:
            _refuse_outdated_hooks(options_of(self._environment))
            self._last = read_fresh(self._environment)
        except SchemaLabError as error:
            raise HistoryError(
                f"{names} changed, and the models cannot be read again: {error.fact}", error.cure
            ) from None
        return self._last.metadata


class GivenModels:
    """Models that a program hands to the lab, which it cannot read again.

    Parameters
    ----------
    metadata
        The models, such as `SQLModel.metadata`, or a list of such collections.
    """

    seed = None

    def __init__(self, metadata: Metadata) -> None:
        self.first = metadata
        self._sources: dict[str, str] = {}
        self._note_sources()

    def files(self) -> tuple[str, ...]:
        """Give the digests of the files from which the models come. Read-only."""
        return tuple(map(state_of, self._sources))

    def metadata(self) -> Metadata:
        """Give the models.

        Raises
        ------
        HistoryError
            When a file that defines some of them has changed, with its name.
        """
        self._note_sources()
        edited = changed(self._sources)
        if edited:
            raise HistoryError(
                f"{_named(edited)} changed after this process imported the models.", RESTART
            )
        return self.first

    def _note_sources(self) -> None:
        """Note the files with tables of these models, each as it was when it was first seen."""
        for path in _files_with(self.first):
            if path not in self._sources:
                self._sources[path] = state_of(path)


def _files_with(metadata: Metadata) -> Iterator[str]:
    """Give the project's own files whose modules hold some of the models."""
    listed = metadata if isinstance(metadata, list) else [metadata]
    tables = [table for each in listed for table in each.tables.values()]
    parts = {id(part) for part in (*listed, *tables)}
    for module in list(sys.modules.values()):
        path = own_file(module)
        if path is not None and _holds(module, parts):
            yield path


def _holds(module: ModuleType, parts: set[int]) -> bool:
    """Say whether a module has one of the tables, or a class with it, under some name."""
    values = list(vars(module).values())
    return any(
        id(value) in parts or id(vars(value).get("__table__")) in parts
        if issubclass(type(value), type)  # a proxy may not be asked what it stands for
        else id(value) in parts
        for value in values
    )


def _read_here(environment: Environment) -> Reading:
    """Read the models in this process; a file counts as it was when it was imported."""
    env_py = environment.project.scripts().env_py_location
    own = {env_py: state_of(env_py)}
    metadata = options_of(environment).get("target_metadata")
    holding = _files_with(metadata) if metadata is not None else ()
    return Reading(metadata, {**imported_sources(env_py, holding), **own})


def _named(paths: Iterable[str]) -> str:
    """Name the files that have changed, by the shortest names that tell where they are."""
    here, found = Path.cwd(), sorted(map(Path, paths), key=lambda path: (path.is_dir(), path))
    names = [
        str(path.relative_to(here)) if path.is_relative_to(here) else str(path) for path in found
    ]
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if names[3:] else "")


def _refuse_outdated_hooks(options: Options) -> None:
    """Refuse a project whose env.py hands in functions from files that have changed."""
    modules = [module for path in outdated() if (module := own_module(path)) is not None]
    for name, value in options.items():
        for function in _functions(value):
            module = next((each for each in modules if _uses(function, each)), None)
            if module is not None:
                raise HistoryError(
                    f"env.py's {name} uses {module.__name__}, which this process imported "
                    "before the change.",
                    RESTART,
                )


def _functions(value: Any) -> Iterator[FunctionType]:
    for each in value if isinstance(value, list | tuple) else (value,):
        plain = getattr(each, "__func__", getattr(each, "func", each))
        if isinstance(plain, FunctionType):
            yield plain


def _uses(function: FunctionType, module: ModuleType) -> bool:
    """Say whether a function comes from a module, or uses the module or something of it by name."""
    if function.__module__ == module.__name__:
        return True
    names = {name for name in _names(function.__code__) if name in function.__globals__}
    return any(
        function.__globals__[name] is module
        or (name in vars(module) and function.__globals__[name] is vars(module)[name])
        for name in names
    )


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield from _names(each)

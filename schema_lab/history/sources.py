"""Revision files: read once, read again when they change, and run anew whenever they are used."""

import os
import re
from collections.abc import Iterator
from functools import cached_property
from importlib.util import module_from_spec, spec_from_file_location
from operator import attrgetter
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from alembic.script import Script, ScriptDirectory

from schema_lab.database.stamp import Stamp
from schema_lab.history.files import Files


class Source:
    """The content of a revision file, as it was read."""

    def __init__(self, path: str, content: bytes) -> None:
        self.path = path
        self._content = content

    @cached_property
    def code(self) -> CodeType:
        """The compiled content; whatever lies in `__pycache__` has no part in it."""
        return compile(self._content, self.path, "exec", dont_inherit=True)

    def module(self) -> ModuleType:
        """Run the file, and give the module that it makes: objects of its own for each run."""
        name = re.sub(r"\W", "_", Path(self.path).name)
        spec = spec_from_file_location(name, self.path)
        assert spec is not None
        made = module_from_spec(spec)
        exec(self.code, vars(made))  # noqa: S102 - a revision file is code
        return made


class SourceScript(Script):
    """One of Alembic's scripts, whose module is made anew each time it is asked for.

    What stands at the top of a revision file may be used up by running it, such as a column that
    then belongs to a table.
    """

    def __init__(self, source: Source, module: ModuleType) -> None:
        self._source = source
        super().__init__(module, module.revision, source.path)
        self._longdoc = (module.__doc__ or "").strip()

    @property
    def module(self) -> ModuleType:
        """A fresh module of the script."""
        return self._source.module()

    @module.setter
    def module(self, value: ModuleType) -> None:
        """Alembic's constructor hands over the module that the script was read from."""

    @property
    def longdoc(self) -> str:
        """The docstring of the script."""
        return self._longdoc


SOURCES = Files(Source)
"""Every revision file that was read in this process."""


def sources_of(scripts: ScriptDirectory) -> list[Source]:
    """Give the revision files of a script directory, each as it is now. Read-only."""
    recursive = scripts.recursive_version_locations
    found: dict[str, Stamp] = {}
    for folder in scripts._version_locations:
        if folder.exists():
            there = dict(_files(os.path.realpath(folder), recursive))
            SOURCES.forget_others(os.path.realpath(folder) + os.sep, there.keys())
            found |= there
    return SOURCES.all(found)


def _files(folder: str, recursive: bool) -> Iterator[tuple[str, Stamp]]:
    """Give path and stamp of each revision file, in the order in which Alembic reads them."""
    with os.scandir(folder) as listed:
        entries = sorted(listed, key=attrgetter("name"))
    folders = []
    for entry in entries:
        if entry.is_dir():
            folders.append(entry)
        elif entry.name.endswith(".py") and not entry.name.startswith((".#", "__init__")):
            try:
                found = entry.stat()
            except FileNotFoundError:  # a link to nowhere, or a file that has just gone
                continue
            path = os.path.realpath(entry.path) if entry.is_symlink() else entry.path
            yield path, Stamp.of(found)
    inner = [one.path for one in folders if not one.name.endswith("__pycache__")]
    for each in inner if recursive else ():
        yield from _files(each, recursive)


def script_of(source: Source, scripts: ScriptDirectory) -> Script | None:
    """Run a revision file, and give Alembic's script for it."""
    module: Any = source.module()
    if not hasattr(module, "revision"):
        return Script._from_path(scripts, source.path)  # a name that says it, or Alembic's error
    return SourceScript(source, module)

"""Revision files: read once, read again when they change, and run anew whenever they are used."""

import os
import re
import stat
from collections.abc import Iterator
from functools import cached_property
from importlib.util import module_from_spec, spec_from_file_location
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
            SOURCES.forget_others(os.path.realpath(folder) + os.sep, there)
            found |= there
    return [SOURCES.get(path, stamp) for path, stamp in found.items()]


def _files(folder: str, recursive: bool) -> Iterator[tuple[str, Stamp]]:
    """Give path and stamp of each revision file, in the order in which Alembic reads them."""
    with os.scandir(folder) as listed:
        entries = sorted(listed, key=lambda one: one.name)
    folders = []
    for entry in entries:
        name, found = entry.name, _stat(entry)
        if found is None:
            continue
        if stat.S_ISDIR(found.st_mode):
            folders += [entry.path] if recursive and not name.endswith("__pycache__") else []
        elif name.endswith(".py") and not name.startswith((".#", "__init__")):
            path = os.path.realpath(entry.path) if entry.is_symlink() else entry.path
            yield path, Stamp.of(found)
    for each in folders:
        yield from _files(each, recursive)


def _stat(entry: os.DirEntry[str]) -> os.stat_result | None:
    try:
        return entry.stat()
    except FileNotFoundError:  # a link to nowhere, or a file that has just gone
        return None


def script_of(source: Source, scripts: ScriptDirectory) -> Script | None:
    """Run a revision file, and give Alembic's script for it."""
    module: Any = source.module()
    if not hasattr(module, "revision"):
        return Script._from_path(scripts, source.path)  # a name that says it, or Alembic's error
    return SourceScript(source, module)

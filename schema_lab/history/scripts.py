"""Revision files: read once, run anew whenever they are used, and checked when they are loaded.

Each file loads, no id is in two files, no parent is missing, and no revision follows itself.
Alembic only warns of a double id, and does not name the files of the other faults.
"""

import os
import re
import traceback
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from importlib.util import module_from_spec, spec_from_file_location
from operator import attrgetter
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from alembic.script import Script, ScriptDirectory
from alembic.script.revision import CycleDetected, RevisionMap
from alembic.util import CommandError, to_tuple

from schema_lab.compat.alembic_private import (
    load_revisions,
    parents,
    script_from,
    version_folders,
)
from schema_lab.database.file_cache import Files, Stamp
from schema_lab.errors import HistoryError


class ScriptFile:
    """A revision file, with its content as it was read."""

    def __init__(self, path: str, content: bytes) -> None:
        self.path = path
        self._content = content

    @cached_property
    def code(self) -> CodeType:
        """The compiled content; whatever lies in `__pycache__` has no part in it."""
        return compile(self._content, self.path, "exec", dont_inherit=True)

    def module(self) -> ModuleType:
        """Run the file, and give its module: each run creates objects of its own."""
        name = re.sub(r"\W", "_", Path(self.path).name)
        spec = spec_from_file_location(name, self.path)
        assert spec is not None
        module = module_from_spec(spec)
        exec(self.code, vars(module))  # noqa: S102 - a revision file is code
        return module


class SourceScript(Script):
    """One of Alembic's scripts, whose module is created anew each time it is used.

    An object at the top of a revision file can be used once only, such as a column that then
    belongs to a table.
    """

    def __init__(self, source: ScriptFile, module: ModuleType) -> None:
        self.source = source
        super().__init__(module, module.revision, source.path)
        self._longdoc = (module.__doc__ or "").strip()

    @property
    def module(self) -> ModuleType:
        """A fresh module of the script."""
        return self.source.module()

    @module.setter
    def module(self, value: ModuleType) -> None:
        """Alembic's constructor hands over the module that the script was read from."""

    @property
    def longdoc(self) -> str:
        """The docstring of the script."""
        return self._longdoc


SOURCES = Files(ScriptFile)
"""Every revision file that was read in this process."""


def sources_of(scripts: ScriptDirectory) -> list[ScriptFile]:
    """Give the revision files of a script directory, each as it is now. Read-only."""
    recursive = scripts.recursive_version_locations
    found: dict[str, Stamp] = {}
    for folder in version_folders(scripts):
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
            except FileNotFoundError:  # a broken link, or a file that was just removed
                continue
            path = os.path.realpath(entry.path) if entry.is_symlink() else entry.path
            yield path, Stamp.of(found)
    inner = [entry.path for entry in folders if not entry.name.endswith("__pycache__")]
    for path in inner if recursive else ():
        yield from _files(path, recursive)


def script_of(source: ScriptFile, scripts: ScriptDirectory) -> Script | None:
    """Run a revision file, and give Alembic's script for it."""
    module: Any = source.module()
    if not hasattr(module, "revision"):  # the file's name gives the id, or Alembic refuses it
        return script_from(scripts, source.path)
    return SourceScript(source, module)


Remember = Callable[[str], str]
"""From a revision's id to what is known of its file, or ""."""


def check_when_loaded(
    scripts: ScriptDirectory, remember: Remember, sources: Iterable[ScriptFile] | None = None
) -> None:
    """Let a script directory refuse inconsistent files when it loads them.

    Parameters
    ----------
    scripts
        A script directory that has loaded nothing yet.
    remember
        Gives the former file of a missing revision.
    sources
        The revision files; by default Alembic reads them.
    """

    def given() -> Iterator[Script]:
        found = (script_of(source, scripts) for source in sources or ())
        yield from (script for script in found if script is not None)

    load = load_revisions(scripts) if sources is None else given
    scripts.revision_map = RevisionMap(lambda: _checked(load, scripts, remember))


def _checked(
    load: Callable[[], Iterator[Script]], scripts: ScriptDirectory, remember: Remember
) -> list[Script]:
    found = list(_loaded(load, scripts))
    _refuse_duplicates(found)
    _refuse_missing_parents(found, remember)
    _refuse_cycles(found)
    return found


def _loaded(load: Callable[[], Iterator[Script]], scripts: ScriptDirectory) -> Iterator[Script]:
    folders = [Path(folder).resolve() for folder in version_folders(scripts)]
    try:
        yield from load()
    except CommandError:
        raise
    except CycleDetected as error:
        raise _follows_itself(error.revisions[0], folders) from None
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a script may raise anything
        raise _broken(error, folders) from None


def _follows_itself(revision: str, folders: Iterable[Path]) -> HistoryError:
    """Name the files that mention the revision: Alembic does not say which file it read."""
    files = sorted(path.name for folder in folders for path in folder.rglob(f"*{revision}*.py"))
    where = f" ({' or '.join(files)})" if files else ""
    return HistoryError(
        f"Revision {revision} follows itself{where}.",
        "Correct the line `down_revision = …` in its file.",
    )


def _broken(error: BaseException, folders: list[Path]) -> HistoryError:
    """Name the file and the line of a revision that does not load."""
    reason = f"{type(error).__name__}: {error}"
    frames = [(frame.filename, frame.lineno) for frame in traceback.extract_tb(error.__traceback__)]
    if isinstance(error, SyntaxError):
        reason, frames = str(error.msg), [(str(error.filename), error.lineno)]
    own = [
        (Path(file), line)
        for file, line in frames
        if any(Path(file).is_relative_to(folder) for folder in folders)
    ]
    where = f"{own[-1][0].name}, line {own[-1][1]}" if own else f"{frames[-1][0]}"
    return HistoryError(
        f"A revision file does not load: {where}: {reason.rstrip('.')}.",
        "Fix that line, then try again. Until then no revision can be read.",
    )


def _refuse_duplicates(scripts: Iterable[Script]) -> None:
    files = defaultdict(list)
    for script in scripts:
        files[script.revision].append(Path(script.path).name)
    for revision, names in files.items():
        if names[1:]:
            raise HistoryError(
                f"Revision {revision} is in {len(names)} files: {' and '.join(sorted(names))}.",
                "Remove one of the files, or give it another id in its line `revision = …`.",
            )


def _refuse_missing_parents(scripts: list[Script], remember: Remember) -> None:
    ids = {script.revision for script in scripts}
    known = ids | {label for script in scripts for label in script.branch_labels}
    for script in scripts:
        for parent in _parents(script):
            if parent not in known:
                was = remember(parent)
                raise HistoryError(
                    f"{Path(script.path).name} follows revision {parent}, but no file has that id"
                    f"{f'; it was {was}' if was else ''}.",
                    "Restore that file from version control, or correct the line "
                    f"`down_revision = …` in {Path(script.path).name}.",
                )


def _refuse_cycles(scripts: list[Script]) -> None:
    files = {script.revision: Path(script.path).name for script in scripts}
    try:
        TopologicalSorter({script.revision: _parents(script) for script in scripts}).prepare()
    except CycleError as error:
        cycle = [str(revision) for revision in reversed(error.args[1])]
        named = " → ".join(f"{revision} ({files.get(revision, 'a label')})" for revision in cycle)
        raise HistoryError(
            f"The revisions form a cycle: {named}.",
            "Correct the line `down_revision = …` in one of these files.",
        ) from None


def _parents(script: Script) -> tuple[str, ...]:
    return (*parents(script), *to_tuple(script.dependencies, default=()))

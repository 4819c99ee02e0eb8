"""The project's own source files: which of them this process has imported, and what changed since.

Python imports a module once. What is edited afterwards is not seen by a process that runs on, such
as a notebook's kernel; so the content of each file is noted when env.py imports it. A file is the
project's own where it is neither installed nor a part of Python or of this package.
"""

import hashlib
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path

from schema_lab.database.file_cache import Files
from schema_lab.history.imported_names import reached_from
from schema_lab.history.own_files import own_file, own_module

Sources = Mapping[str, str]
"""What was read: the digest of each file, and of the names in each folder."""

UNKNOWN = "unknown"
"""The digest of a file that may have changed since it was imported."""

_SLACK = 2.0
"""Seconds by which the clock of the file system and the start of this process may differ."""

_DIGESTS = Files(lambda path, content: hashlib.sha256(content).hexdigest())
_IMPORTED: dict[str, str] = {}


def state_of(path: str) -> str:
    """Digest a file, or the names of the modules and folders in a folder; "" if it is missing."""
    try:
        if not os.path.isdir(path):  # noqa: PTH112 - a Path costs more than the look
            return _DIGESTS.get(path)
        names = sorted(name for name in os.listdir(path) if _may_be_imported(name))  # noqa: PTH208
    except OSError:
        return ""
    return hashlib.sha256("\n".join(names).encode()).hexdigest()


def _may_be_imported(name: str) -> bool:
    return name.endswith(".py") or ("." not in name and name != "__pycache__")


def changed(sources: Sources) -> list[str]:
    """List the files that are no longer as they were read. Read-only.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     models = Path(folder, "models.py")
    ...     _ = models.write_text("x = 1")
    ...     seen = {str(models): state_of(str(models))}
    ...     _ = models.write_text("x = 2")
    ...     [Path(path).name for path in changed(seen)]
    ['models.py']
    """
    return [path for path, digest in sources.items() if state_of(path) != digest]


@contextmanager
def imports_noted() -> Iterator[None]:
    """Note the content of each of the project's own files that is imported in the block."""
    before = set(sys.modules)
    try:
        yield
    finally:
        for name in sys.modules.keys() - before:
            path = own_file(sys.modules.get(name))
            if path is not None:
                folder = os.path.dirname(path)  # noqa: PTH120 - as `imported_sources` has it
                _IMPORTED.setdefault(folder, state_of(folder))
                _IMPORTED[path] = state_of(path)


def imported_sources(begin: str | None = None, further: Iterable[str] = ()) -> Sources:
    """Give the project's own files that this process has imported, as they were then.

    Parameters
    ----------
    begin
        A file, such as env.py: only what it imports counts, directly or through others. All count
        where one of these may import by a name that it computes; None: all count.
    further
        Files that count too.
    """
    files = {path for module in list(sys.modules.values()) if (path := own_file(module))}
    reached = None if begin is None else reached_from(begin)
    if reached is not None:
        files &= reached.union(further)
    folders = {os.path.dirname(path) for path in files}  # noqa: PTH120 - many, and only text
    for path in files | folders:
        if path not in _IMPORTED:
            _IMPORTED[path] = state_of(path) if _is_older(path) else UNKNOWN
    return {path: _IMPORTED[path] for path in files | folders}


def outdated() -> list[str]:
    """List the project's own files that have changed since this process imported them."""
    return sorted(path for path in changed(_IMPORTED) if own_module(path) is not None)


def _is_older(path: str) -> bool:
    """Say whether a file, or what may be imported from a folder, was the same at the import.

    It was where it is older than this process. A folder's own time is no proof, since Python writes
    its caches into folders.
    """
    with suppress(OSError):
        if _stood(os.stat(path)):  # noqa: PTH116 - as `state_of` has it
            return True
        if os.path.isdir(path):  # noqa: PTH112
            with os.scandir(path) as entries:
                return all(_has_stood(each) for each in entries if _may_be_imported(each.name))
    return False


def _has_stood(entry: os.DirEntry[str]) -> bool:
    """Say whether a file, or anything directly in a folder, is older than this process."""
    if _stood(entry.stat()):
        return True
    if not entry.is_dir():
        return False
    with os.scandir(entry.path) as inner:
        return any(_stood(each.stat()) for each in inner)


def _stood(found: os.stat_result) -> bool:
    return max(found.st_mtime, found.st_ctime) < _process_start() - _SLACK


@lru_cache(maxsize=1)
def _process_start() -> float:
    """Give the time at which this process began, or 0 where the system does not say.

    Source: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
    """
    with suppress(OSError, ValueError, IndexError):
        ticks = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19])
        lines = Path("/proc/stat").read_text().splitlines()
        boot = next(int(line.split()[1]) for line in lines if line.startswith("btime"))
        return boot + ticks / os.sysconf("SC_CLK_TCK")
    return 0.0

"""What was read from a file, kept until the file changes.

A file is known by its size, its times and its inode. Two edits within one tick of the file system's
clock leave the times alike; so while a file is young, its content is compared too.
"""

import hashlib
import os
import time
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")

YOUNG = 2_000_000_000
"""Nanoseconds after a change in which another may leave the times as they are."""


class Stamp(NamedTuple):
    """What the file system says of a file: nanoseconds, nanoseconds, bytes, number."""

    modified: int
    changed: int
    size: int
    inode: int

    @classmethod
    def of(cls, found: os.stat_result) -> "Stamp":
        """Take it from the result of `stat`."""
        return cls(found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino)

    def is_young(self, now: int) -> bool:
        """Say whether a change after `now` might leave the stamp as it is."""
        return max(self.modified, self.changed) + YOUNG > now


@dataclass
class KeptFile(Generic[T]):
    """What was read from a file."""

    stamp: Stamp
    digest: bytes
    young: bool
    value: T


class Files(Generic[T]):
    """Keeps what a function makes of a file's content.

    Parameters
    ----------
    make
        From the path and the bytes of a file to what is kept.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> lengths = Files(lambda path, content: len(content))
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "a.py")
    ...     _ = path.write_bytes(b"pass")
    ...     before = lengths.get(str(path))
    ...     _ = path.write_bytes(b"passed")
    ...     before, lengths.get(str(path))
    (4, 6)
    """

    def __init__(self, make: Callable[[str, bytes], T]) -> None:
        self._make = make
        self._kept: dict[str, KeptFile[T]] = {}

    def get(self, path: str, stamp: Stamp | None = None) -> T:
        """Give what is made of a file as it is now. Read-only.

        Parameters
        ----------
        path
            The file.
        stamp
            What the file system says of it, if it is known already.

        Raises
        ------
        OSError
            When the file cannot be read.
        """
        now = time.time_ns()
        found = stamp or Stamp.of(os.stat(path))  # noqa: PTH116 - a Path costs more than the look
        kept = self._kept.get(path)
        if kept is not None and kept.stamp == found and not kept.young:
            return kept.value
        content = Path(path).read_bytes()
        digest = hashlib.sha256(content).digest()
        if kept is not None and kept.digest == digest:
            kept.stamp, kept.young = found, found.is_young(now)
            return kept.value
        self._kept.pop(path, None)
        value = self._make(path, content)
        self._kept[path] = KeptFile(found, digest, found.is_young(now), value)
        return value

    def put(self, path: str, content: bytes, value: T) -> None:
        """Keep what would be made of a file that was just written, if it still has that content.

        It counts as young, so that the content is compared before this is given.
        """
        stamp = Stamp.of(Path(path).stat())
        self._kept[path] = KeptFile(stamp, hashlib.sha256(content).digest(), True, value)

    def all(self, stamps: Mapping[str, Stamp]) -> list[T]:
        """Give what is made of some files, by path and stamp; see `get`. Read-only."""
        found = []
        for path, stamp in stamps.items():
            kept = self._kept.get(path)
            same = kept is not None and kept.stamp == stamp and not kept.young
            found.append(kept.value if kept is not None and same else self.get(path, stamp))
        return found

    def forget_others(self, folder: str, paths: AbstractSet[str]) -> None:
        """Forget the files in a folder that are not among the paths."""
        for path in self._kept.keys() - paths:
            if path.startswith(folder):
                del self._kept[path]

"""What the file system says of a file, and how long a change of it might not show."""

import os
from typing import NamedTuple

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
        """Take it from what `stat` gives."""
        return cls(found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino)

    def is_young(self, now: int) -> bool:
        """Say whether a change after `now` might not show."""
        return max(self.modified, self.changed) + YOUNG > now

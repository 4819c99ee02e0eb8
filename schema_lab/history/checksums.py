"""Checksums of applied revisions: tell whether a script was edited or deleted after it ran.

What is known of one applied revision is an `Applied`; what is known of a database is its
`Checksums`. They live outside of the database: see docs/decisions/0010-checksums.md.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from schema_lab.history.files import Files


@dataclass(frozen=True)
class Applied:
    """The file of an applied revision as it was then.

    `time` is when it was applied or, where `seen` is true, when it was first found applied.
    """

    checksum: str
    file: str
    time: str
    seen: bool = False

    @classmethod
    def now(cls, path: Path, *, seen: bool = False) -> "Applied":
        """Take a file as it stands at this moment. Read-only."""
        time = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
        return cls(checksum(path), path.name, time, seen)

    @classmethod
    def of(cls, saved: Any) -> "Applied":
        """Read what was saved; TypeError or ValueError for anything else."""
        one = cls(**saved)
        if not all(isinstance(text, str) for text in (one.checksum, one.file, one.time)):
            raise TypeError("a checksum, a file and a time are texts")
        return one

    @property
    def words(self) -> str:
        """Say the file and the time, as in "0001_create_users.py, applied 2026-11-23 05:10 UTC"."""
        return f"{self.file}, {'found applied' if self.seen else 'applied'} {self.time}"


@dataclass(frozen=True)
class Checksums:
    """What is known of a database's applied revisions, by id; `problem` says why it is not."""

    applied: Mapping[str, Applied] = field(default_factory=dict)
    problem: str = ""

    def edited(self, revision: str, path: Path | None) -> bool:
        """Tell whether a revision's file differs from the one that was applied. Read-only."""
        known = self.applied.get(revision)
        if known is None or path is None or not path.is_file():
            return False
        return checksum(path) != known.checksum

    def words(self, revision: str) -> str:
        """Say the file and time of a revision, or nothing when it is not known."""
        known = self.applied.get(revision)
        return known.words if known else ""

    def reconciled(
        self, files: Mapping[str, Path], standing: Iterable[str], anew: Iterable[str] = ()
    ) -> "Checksums":
        """Give what is known after a run.

        Parameters
        ----------
        files
            Each revision of the script directory with its file.
        standing
            The revisions that the database has now.
        anew
            Those of them whose files count as they are now.

        Returns
        -------
        Checksums
            A revision that was found applied is taken as it is; one that the database no longer
            has is forgotten; one whose file is gone stays known.
        """
        has, fresh = set(standing), set(anew)
        kept = {one: known for one, known in self.applied.items() if one in has or one not in files}
        for one in has & files.keys():
            if one in fresh:
                kept[one] = Applied.now(files[one])
            elif one not in kept:
                kept[one] = Applied.now(files[one], seen=True)
        return Checksums(kept)

    def without(self, revisions: Collection[str]) -> "Checksums":
        """Give what is known, less some revisions."""
        kept = {one: known for one, known in self.applied.items() if one not in revisions}
        return Checksums(kept, self.problem)

    def saved(self) -> dict[str, Any]:
        """Give plain values for a JSON file."""
        return {revision: dict(vars(known)) for revision, known in sorted(self.applied.items())}


def checksum(path: Path) -> str:
    r"""Give the SHA-256 of a whole file, whatever its line ends. Read-only.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     unix, windows = Path(folder, "unix.py"), Path(folder, "windows.py")
    ...     _ = unix.write_bytes(b"pass\n"), windows.write_bytes(b"pass\r\n")
    ...     checksum(unix) == checksum(windows)
    True
    """
    return _CHECKSUMS.get(str(path))


def _checksum(path: str, content: bytes) -> str:
    unix = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return hashlib.sha256(unix).hexdigest()


_CHECKSUMS = Files(_checksum)

"""The snapshots of a project as values, and the folder that holds them.

Each is a data file and a small JSON file beside it. The JSON file is written last and by renaming,
so a snapshot that was killed partway is never listed. Both are private to the user, and the folder
tells git to leave it alone.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from schema_lab.database.connections.lock import DEFAULT_WAIT
from schema_lab.database.own import made_ready
from schema_lab.errors import DatabaseError, InputError
from schema_lab.views import snapshot as view
from schema_lab.views.frame import frame_of

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, repr=False)
class Snapshot:
    """A copy of a database in a file, to go back to with `lab.restore`.

    `size` is in bytes; `heads` are the revisions at which the database stood; `database` says,
    without any secret, which database it is a copy of; `checksums` is what was known of its
    applied revisions' files.
    """

    id: str
    path: Path
    dialect: str
    created: datetime
    size: int
    heads: tuple[str, ...]
    label: str = ""
    database: str = ""
    sha256: str = ""
    checksums: Mapping[str, Any] = field(default_factory=dict, hash=False)

    @property
    def age(self) -> timedelta:
        """The time since it was taken."""
        return datetime.now(UTC) - self.created

    def __repr__(self) -> str:
        return view.snapshot_text(self)

    def _repr_html_(self) -> str:
        return view.snapshot_html(self)


_DTYPES = {
    "id": "str",
    "label": "str",
    "created": "datetime64[us, UTC]",
    "age": "timedelta64[us]",
    "bytes": "int64",
    "heads": "str",
}


@dataclass(frozen=True, repr=False)
class Snapshots:
    """The snapshots of a project, newest first."""

    snapshots: tuple[Snapshot, ...]

    @property
    def frame(self) -> pd.DataFrame:
        """The snapshots as a table.

        Returns
        -------
        DataFrame
            Columns id, label (str), created (datetime, UTC), age (timedelta), bytes (int), heads
            (str, joined by commas); newest first.
        """
        rows = [
            (kept.id, kept.label, kept.created, kept.age, kept.size, ", ".join(kept.heads))
            for kept in self.snapshots
        ]
        frame = frame_of(rows, ["id", "label", "created", "age", "bytes", "heads"])
        return frame.astype(_DTYPES)

    def __iter__(self) -> Iterator[Snapshot]:
        return iter(self.snapshots)

    def __len__(self) -> int:
        return len(self.snapshots)

    def __getitem__(self, index: int) -> Snapshot:
        return self.snapshots[index]

    def __repr__(self) -> str:
        return view.snapshots_text(self)

    def _repr_html_(self) -> str:
        return view.snapshots_html(self)


_ID = re.compile(r"s(\d+)")
_PARTIAL = "partial"


_OTHERS = 0o077
"""The rights of everybody but the owner of a file."""


@dataclass(frozen=True)
class Store:
    """The snapshots of one project."""

    folder: Path

    @classmethod
    def of(cls, root: Path) -> Store:
        """Name the store of the project in a folder."""
        return cls(root / ".schema_lab" / "snapshots")

    def listed(self) -> Snapshots:
        """List the snapshots that are whole, newest first. Read-only."""
        known = [_read(path) for path in self.folder.glob("s*.json") if _ID.fullmatch(path.stem)]
        whole = [
            snapshot
            for snapshot in known
            if snapshot is not None and _size(snapshot.path) == snapshot.size
        ]
        return Snapshots(tuple(sorted(whole, key=_order, reverse=True)))

    def get(self, name: str) -> Snapshot:
        """Give a snapshot by its id. Read-only.

        Raises
        ------
        InputError
            When there is none, or its JSON file cannot be read.
        """
        path = self.folder / f"{name}.json"
        if not _ID.fullmatch(name) or not path.is_file():
            raise InputError(
                f"There is no snapshot {name!r}.", "`lab.snapshots()` lists all snapshots."
            )
        snapshot = _read(path)
        if snapshot is None:
            raise InputError(
                f"What {path.name} says of the snapshot {name} cannot be read.",
                "Choose another snapshot of `lab.snapshots()`.",
            )
        return snapshot

    def write(
        self, suffix: str, fill: Callable[[Path], dict[str, Any]], wait: float = DEFAULT_WAIT
    ) -> Snapshot:
        """Write a new snapshot; all or nothing stays of it.

        Parameters
        ----------
        suffix
            Of the data file's name.
        fill
            Writes the data into the empty file that it is given, and says of the snapshot what
            only it knows: dialect, heads, label, database.
        wait
            Seconds to wait for another snapshot of this project that is being written.

        Raises
        ------
        DatabaseError
            When the file cannot be written.
        """
        with self._writing(wait):
            partial = self.folder / _PARTIAL
            partial.touch(mode=0o600)
            facts = fill(partial)
            return self._keep(partial, suffix, facts)

    @contextmanager
    def _writing(self, wait: float) -> Iterator[None]:
        """Be the only one who writes, leave nothing half behind, and say what the system says."""
        try:
            self._prepare()
            with FileLock(self.folder / ".lock", timeout=wait):
                self._sweep()
                try:
                    yield
                finally:
                    self._sweep()
        except Timeout:
            raise DatabaseError(
                f"Another snapshot of this project is still being written after {wait:g} s.",
                "Wait for it to finish, then try again.",
            ) from None
        except OSError as error:
            raise DatabaseError(
                f"The snapshot could not be written: {error.strerror or error}.",
                "Free some space or correct the permissions in the folder .schema_lab/snapshots.",
            ) from None

    def _prepare(self) -> None:
        """Make the folder, and close it and its files to others, who may have opened them."""
        made_ready(self.folder)
        for path in (self.folder, *self.folder.iterdir()):
            if path.stat().st_mode & _OTHERS:
                path.chmod(path.stat().st_mode & ~_OTHERS)

    def _sweep(self) -> None:
        """Remove what a snapshot that was killed has left, SQLite's journal of it included."""
        for path in self.folder.glob(f"{_PARTIAL}*"):
            path.unlink(missing_ok=True)

    def _keep(self, partial: Path, suffix: str, facts: dict[str, Any]) -> Snapshot:
        name = f"s{self._next_number()}"
        path = self.folder / f"{name}{suffix}"
        snapshot = Snapshot(
            id=name,
            path=path,
            created=datetime.now(UTC).replace(microsecond=0),
            size=partial.stat().st_size,
            sha256=sha256(partial),
            **facts,
        )
        _rename(partial, path)
        note = self.folder / f"{_PARTIAL}.json"
        note.touch(mode=0o600)
        note.write_text(_spelled(snapshot), encoding="utf-8")
        _rename(note, self.folder / f"{name}.json")
        return snapshot

    def _next_number(self) -> int:
        found = (_ID.fullmatch(path.stem) for path in self.folder.iterdir())
        return 1 + max((int(match[1]) for match in found if match), default=0)


def checked(snapshot: Snapshot) -> Path:
    """Give the file of a snapshot after comparing it with what was written. Read-only.

    Raises
    ------
    DatabaseError
        When the file is missing, cannot be read, or is not what was written.
    """
    cure = "Choose another of lab.snapshots(), or put the file back from a copy."
    try:
        same = sha256(snapshot.path) == snapshot.sha256
    except OSError as error:
        raise DatabaseError(
            f"The file of the snapshot {snapshot.id} cannot be read: {error.strerror or error}.",
            cure,
        ) from None
    if not same:
        raise DatabaseError(
            f"The file of the snapshot {snapshot.id} is damaged: its contents have changed.", cure
        )
    return snapshot.path


def sha256(path: Path) -> str:
    """Give the checksum of a file. Read-only."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _rename(source: Path, target: Path) -> None:
    """Rename a file so that neither a crash nor a power cut leaves half of it."""
    _sync(source)
    source.replace(target)
    _sync(target.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _spelled(snapshot: Snapshot) -> str:
    facts = {name: value for name, value in vars(snapshot).items() if name not in ("id", "path")}
    facts |= {"file": snapshot.path.name, "created": snapshot.created.isoformat()}
    return json.dumps(facts, indent=2, ensure_ascii=False) + "\n"


def _read(path: Path) -> Snapshot | None:
    """Read a snapshot's JSON file, or None where it does not say what it should."""
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
        return Snapshot(
            id=path.stem,
            path=path.parent / Path(facts.pop("file")).name,
            created=datetime.fromisoformat(facts.pop("created")),
            heads=tuple(facts.pop("heads")),
            **facts,
        )
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else -1


def _order(snapshot: Snapshot) -> tuple[datetime, int]:
    return snapshot.created, int(snapshot.id[1:])

"""Temporary copies: their names, their tables, the rows kept before a migration, their folders.

A copy is a database that a rehearsal may change. Its name holds the machine, the process and the
time of its creation, so that a later call can remove the copies of killed processes: those made
on this machine by a process that has ended, or whose id belongs to a younger process now.
"""

import hashlib
import os
import platform
import re
import secrets
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import sqlalchemy as sa

from schema_lab.schema.words import TableKey

PREFIX = "schema_lab_rehearsal_"
EMPTY = "an empty database"
_NAME = re.compile(rf"{PREFIX}([0-9a-f]{{8}})_(\d+)_([0-9a-f]+)_[0-9a-f]{{6}}")
_SLACK = 2.0
"""Seconds by which a process's start time and the time in a copy's name may differ."""


@dataclass(frozen=True)
class Maker:
    """The process that created a copy, and when (seconds since 1970)."""

    host: str
    pid: int
    time: int

    @classmethod
    def of(cls, name: str) -> "Maker | None":
        """Read a copy's name; None for any other name.

        Examples
        --------
        >>> Maker.of("app") is None
        True
        """
        found = _NAME.match(name)
        return cls(found[1], int(found[2]), int(found[3], 16)) if found else None

    @property
    def gone(self) -> bool:
        """Whether the process was on this machine and has ended. Read-only."""
        if self.host != _host():
            return False
        started = _started(self.pid)
        return started is None or started > self.time + _SLACK


def new_name() -> str:
    """Return a name that no other copy has; at most 60 characters.

    Examples
    --------
    >>> Maker.of(new_name()).gone
    False
    """
    return f"{PREFIX}{_host()}_{os.getpid()}_{int(time.time()):x}_{secrets.token_hex(3)}"


def is_left_over(name: str) -> bool:
    """Tell whether a name belongs to a copy whose process has ended. Read-only."""
    maker = Maker.of(name)
    return maker is not None and maker.gone


def _host() -> str:
    return hashlib.sha256(platform.node().encode()).hexdigest()[:8]


def _started(pid: int) -> float | None:
    """Return when a process started: 0 if it runs and the time is unknown, None if it has ended.

    Source: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
    """
    if sys.platform == "win32":
        return 0.0  # os.kill(pid, 0) would end the process there
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return None
    except PermissionError:
        pass  # it runs, as another user
    with suppress(OSError, ValueError, IndexError, StopIteration):
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        if fields[0] == "Z":
            return None  # it has ended, and its parent has not read its exit code
        lines = Path("/proc/stat").read_text(encoding="utf-8").splitlines()
        boot = next(int(line.split()[1]) for line in lines if line.startswith("btime"))
        return boot + int(fields[19]) / os.sysconf("SC_CLK_TCK")
    return 0.0


Keep = Callable[[sa.Connection, Sequence[TableKey]], dict[TableKey, str]]
Open = Callable[[sa.Connection], None]


@dataclass(frozen=True)
class KeptCopy:
    """Where the rows from before a migration are kept: a schema beside the copied tables.

    `open` makes that schema reachable on a connection. `keep` copies tables into it and returns
    their names there; each call uses new names.
    """

    schema: str
    keep: Keep
    open: Open = field(default=lambda connection: None)


@dataclass(frozen=True)
class Copy:
    """A copy's URL, where it keeps rows, and how it was made, as a phrase.

    `sampled` holds the number of rows copied from each table; it is empty for a full copy.
    """

    url: sa.URL
    kept: KeptCopy
    made: str
    sampled: Mapping[TableKey, int] = field(default_factory=dict)


def keep_rows(
    connection: sa.Connection,
    tables: Sequence[TableKey],
    schema: str,
    kind: str = "TABLE",
    prefix: str = "t",
) -> dict[TableKey, str]:
    """Copy the rows of tables into new tables of a schema. Changes the copy only.

    Parameters
    ----------
    connection
        A connection to the copy.
    tables
        The tables.
    schema
        The schema of the new tables.
    kind
        "TABLE", "UNLOGGED TABLE" or "TEMPORARY TABLE".
    prefix
        How the new names begin; a temporary table hides another table of the same name.
    """
    names = {key: f"{prefix}{number}" for number, key in enumerate(tables)}
    plainly = connection.execution_options(no_parameters=True)  # a name may hold a %
    for key, name in names.items():
        source, target = _spelled(connection, key), _spelled(connection, TableKey(schema, name))
        # The names come from the database itself and are quoted.
        plainly.exec_driver_sql(f"CREATE {kind} {target} AS SELECT * FROM {source}")  # noqa: S608
        if connection.dialect.name == "postgresql":  # which plans blindly without statistics
            analyzed = target if kind.startswith("TEMP") else f"{target}, {source}"
            plainly.exec_driver_sql(f"ANALYZE {analyzed}")
    connection.commit()
    return names


def keep_in(schema: str, kind: str = "TABLE") -> Keep:
    """Return a function that keeps rows in a schema, under new names with each call."""
    numbers = count()

    def keep(connection: sa.Connection, tables: Sequence[TableKey]) -> dict[TableKey, str]:
        return keep_rows(connection, tables, schema, kind, prefix=f"t{next(numbers)}_")

    return keep


def _spelled(connection: sa.Connection, key: TableKey) -> str:
    quote = connection.dialect.identifier_preparer.quote_identifier
    schema, name = key
    return f"{quote(schema)}.{quote(name)}" if schema else quote(name)


@contextmanager
def folder() -> Iterator[Path]:
    """Create a temporary folder that only the user may read, and remove it at the end."""
    place = Path(tempfile.gettempdir()) / new_name()
    place.mkdir(mode=0o700)
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def sweep_folders() -> None:
    """Remove the folders of killed rehearsals."""
    for place in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        if is_left_over(place.name):
            shutil.rmtree(place, ignore_errors=True)

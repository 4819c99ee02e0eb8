"""The names of throwaway copies: they say who made them, so that a later call can sweep.

A name holds the machine, the process and the time. A copy is left over when its machine is this
one, and the process is gone or has begun after the copy was made.
"""

import hashlib
import os
import platform
import re
import secrets
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

PREFIX = "schema_lab_rehearsal_"
_NAME = re.compile(rf"{PREFIX}([0-9a-f]{{8}})_(\d+)_([0-9a-f]+)_[0-9a-f]{{6}}")
_SLACK = 2.0
"""Seconds by which the clocks of a process's birth and of a copy's name may differ."""


@dataclass(frozen=True)
class Maker:
    """The process that made a copy, and when (seconds since 1970)."""

    host: str
    pid: int
    time: int

    @classmethod
    def of(cls, name: str) -> "Maker | None":
        """Read a copy's name; None for the name of anything else.

        Examples
        --------
        >>> Maker.of("app") is None
        True
        """
        found = _NAME.match(name)
        return cls(found[1], int(found[2]), int(found[3], 16)) if found else None

    @property
    def gone(self) -> bool:
        """Whether it was of this machine and runs no more. Read-only."""
        if self.host != _host():
            return False
        begun = _begun(self.pid)
        return begun is None or begun > self.time + _SLACK


def new_name() -> str:
    """Give a name that no other copy has; at most 60 characters.

    Examples
    --------
    >>> Maker.of(new_name()).gone
    False
    """
    return f"{PREFIX}{_host()}_{os.getpid()}_{int(time.time()):x}_{secrets.token_hex(3)}"


def is_left_over(name: str) -> bool:
    """Tell whether a name is that of a copy whose maker is gone. Read-only."""
    maker = Maker.of(name)
    return maker is not None and maker.gone


def _host() -> str:
    return hashlib.sha256(platform.node().encode()).hexdigest()[:8]


def _begun(pid: int) -> float | None:
    """Say when a process began; 0 where it lives and the system does not say, None if it is gone.

    Source: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
    """
    if sys.platform == "win32":
        return 0.0  # os.kill(pid, 0) would end the process there
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return None
    except PermissionError:
        pass  # it lives, and is another user's
    with suppress(OSError, ValueError, IndexError, StopIteration):
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        if fields[0] == "Z":
            return None  # killed, and not yet waited for
        lines = Path("/proc/stat").read_text(encoding="utf-8").splitlines()
        boot = next(int(line.split()[1]) for line in lines if line.startswith("btime"))
        return boot + int(fields[19]) / os.sysconf("SC_CLK_TCK")
    return 0.0

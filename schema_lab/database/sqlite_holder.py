"""Who holds the lock on a SQLite file: its processes, as Linux lists them in /proc/locks.

SQLite locks bytes of the file itself, or of the file `-shm` beside it in WAL mode. Looking is done
without opening either file: closing one would free this process's own locks on it.
Sources: https://www.sqlite.org/fileformat2.html#the_lock_byte_page, https://www.sqlite.org/walformat.html#wal_locks
"""

import os
from collections.abc import Iterator
from pathlib import Path

LOCKS = Path("/proc/locks")
FIRST_LOCK_BYTE = 0x40000000
WAL_WRITE_BYTE = 120


def holder(database: str) -> str:
    """Name the processes in the way of a SQLite file, such as "process 4711". Read-only.

    Examples
    --------
    >>> holder("a-file-that-is-not-there.db")
    'another program'
    """
    found = list(_locks(Path(database)))
    others = [(kind, pid) for kind, pid in found if pid != os.getpid()]
    writers = {pid for kind, pid in others if kind == "WRITE"}
    pids = writers or {pid for _, pid in others} or {pid for _, pid in found}
    if pids == {os.getpid()}:
        return f"process {os.getpid()}, which is this one"
    return ", ".join(f"process {pid}" for pid in sorted(pids)) or "another program"


def _locks(database: Path) -> Iterator[tuple[str, int]]:
    """Give the kind (READ, WRITE) and the process of each lock on the file that matters."""
    if not LOCKS.is_file():
        return
    main, shared = _inode(database), _inode(Path(f"{database}-shm"))
    for line in LOCKS.read_text(encoding="ascii").splitlines():
        fields = line.split()
        if len(fields) != len(("1:", "POSIX", "ADVISORY", "WRITE", "pid", "file", "from", "to")):
            continue  # "->" marks who waits
        kind, pid, inode, start = fields[3], fields[4], fields[5].split(":")[-1], int(fields[6])
        if (inode == main and start >= FIRST_LOCK_BYTE) or (
            inode == shared and kind == "WRITE" and start == WAL_WRITE_BYTE
        ):
            yield kind, int(pid)


def _inode(path: Path) -> str:
    return str(path.stat().st_ino) if path.exists() else ""

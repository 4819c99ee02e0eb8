"""A real PgBouncer in front of the tests' PostgreSQL."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import sqlalchemy as sa

from tests.support.doors import closed_port
from tests.support.lacking import leave_out
from tests.support.waiting import until

CONFIGURATION = """
[databases]
* = host={host} port={server} user={user}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
auth_type = any
unix_socket_dir =
pool_mode = {mode}
default_pool_size = {size}
ignore_startup_parameters = extra_float_digits,options
logfile = {folder}/pool.log
"""


@contextmanager
def pooled(url: str, folder: Path, mode: str, size: int = 3) -> Iterator[str]:
    """Give the URL of a database behind a pooler, for as long as the block lasts."""
    program = shutil.which("pgbouncer", path=os.environ["PATH"] + os.pathsep + "/usr/sbin")
    if program is None:
        leave_out(["PgBouncer"], "pgbouncer is not installed.")
    parsed, port = sa.make_url(url), closed_port()
    place = folder / f"pool-{port}"
    place.mkdir()
    settings = {"host": parsed.host, "server": parsed.port or 5432, "user": parsed.username}
    given = {**settings, "port": port, "mode": mode, "size": size, "folder": place}
    (place / "pool.ini").write_text(CONFIGURATION.format(**given))
    command = [program, str(place / "pool.ini")]
    if os.geteuid() == 0:  # it refuses to run as root
        for part in (place, place / "pool.ini"):
            shutil.chown(part, "nobody")
        for parent in place.parents:
            with suppress(PermissionError):
                parent.chmod(parent.stat().st_mode | 0o011)
        command[1:1] = ["-u", "nobody"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    through = parsed.set(host="127.0.0.1", port=port)
    try:
        until(lambda: _answers(through), seconds=10)
        yield through.render_as_string(hide_password=False)
    finally:
        process.kill()
        process.wait()


def _answers(url: sa.URL) -> bool:
    engine = sa.create_engine(url.set(drivername="postgresql+psycopg"), poolclass=sa.NullPool)
    with suppress(sa.exc.OperationalError), engine.connect() as connection:
        return connection.exec_driver_sql("SELECT 1").scalar() == 1
    return False

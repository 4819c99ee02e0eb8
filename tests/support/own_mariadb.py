"""A MariaDB server of a test's own, which it may kill and start again."""

import getpass
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from tests.support.doors import closed_port
from tests.support.lacking import leave_out
from tests.support.waiting import until


@dataclass
class OwnMariaDB:
    """A server that runs, unless it was killed."""

    url: sa.URL
    command: list[str]
    log: Path
    process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        """Start the server, and wait until it answers."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(self.command, stdout=log, stderr=log)
        until(self._answers, seconds=30)

    def kill(self) -> None:
        """Kill the server as an operating system does that has no memory left."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def sql(self, *statements: str, database: str | None = None) -> list[tuple[object, ...]]:
        """Run statements; give the rows of the last."""
        engine = sa.create_engine(
            self.url.set(database=database), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool
        )
        rows: list[tuple[object, ...]] = []
        with engine.connect() as connection:
            for statement in statements:
                result = connection.exec_driver_sql(statement)
                rows = [tuple(row) for row in result] if result.returns_rows else []
        return rows

    def _answers(self) -> bool:
        with suppress(sa.exc.OperationalError):
            return bool(self.sql("SELECT 1"))
        return False


@contextmanager
def own_mariadb(folder: Path, *options: str) -> Iterator[OwnMariaDB]:
    """Give a server with its data in a folder, for as long as the block lasts."""
    paths = os.pathsep.join([os.environ["PATH"], "/usr/sbin"])
    install, server = (shutil.which(x, path=paths) for x in ("mariadb-install-db", "mariadbd"))
    if install is None or server is None:
        leave_out(["MariaDB"], "mariadb-install-db and mariadbd are not installed.")
    common = [f"--datadir={folder}/data", f"--user={getpass.getuser()}", *options]
    normal = "--auth-root-authentication-method=normal"
    subprocess.run([install, "--no-defaults", *common, normal], check=True, capture_output=True)
    port = closed_port()
    place = [f"--port={port}", f"--socket={folder}/socket", "--bind-address=127.0.0.1"]
    url = sa.make_url(f"mysql+pymysql://root@127.0.0.1:{port}")
    made = OwnMariaDB(url, [server, "--no-defaults", *common, *place], folder / "log")
    made.start()
    try:
        yield made
    finally:
        made.kill()

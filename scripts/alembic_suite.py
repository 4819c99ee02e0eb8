"""Alembic's own tests, plain and in a process that used a lab: `python -m scripts.alembic_suite`.

The tests come from the source distribution of the installed Alembic, which pip downloads. They run
on SQLite, and on PostgreSQL and MariaDB where SCHEMA_LAB_TEST_POSTGRESQL and
SCHEMA_LAB_TEST_MARIADB name a server; a database is created there and dropped again. Some fail
without a lab too: what counts is the difference, and it ends with 1 when there is one.
"""

import importlib
import os
import pkgutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

import sqlalchemy as sa

ROOT = Path(__file__).parents[1]
USED = "scripts.alembic_suite"
"""This module is the plugin of pytest too that uses a lab; see `pytest_configure`."""

PLACE = "SCHEMA_LAB_SUITE_PLACE"
"""The variable that tells the plugin on which server the lab shall be."""

SERVERS = {
    "PostgreSQL": ("SCHEMA_LAB_TEST_POSTGRESQL", "postgresql+psycopg"),
    "MariaDB": ("SCHEMA_LAB_TEST_MARIADB", "mariadb+pymysql"),
}
DATABASE = "schema_lab_alembic_suite"


def main() -> int:
    """Run the tests twice on each database, and print how many fail."""
    with tempfile.TemporaryDirectory(prefix="schema_lab_suite_") as folder:
        suite = _downloaded(Path(folder))
        print(f"Alembic {version('alembic')}, failures of its own tests")
        print(f"{'':12}{'plain':>8}{'with a lab':>12}{'difference':>12}", flush=True)
        differing = [_compared(suite, *database) for database in _databases()]
        return int(any(differing))


def _compared(suite: Path, name: str, url: str | None, place: str) -> bool:
    """Print the figures of one database; say whether a lab changes which tests fail."""
    plain, used = _failures(suite, url), _failures(suite, url, place)
    print(f"{name:12}{len(plain):8}{len(used):12}{len(used) - len(plain):+12}", flush=True)
    for sign, tests in (("+", used - plain), ("-", plain - used)):
        for test in sorted(tests):
            print(f"  {sign} {test}", flush=True)
    return plain != used


def _failures(suite: Path, url: str | None, place: str | None = None) -> frozenset[str]:
    """Name the tests that fail, after a lab was used at `place` or in a plain process."""
    command = [sys.executable, "-m", "pytest", "-q", "-rfE", "--tb=no", "-p", "no:cacheprovider"]
    command += [] if url is None else ["--dburi", url]
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(suite), str(ROOT)]),
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",  # other plugins do not go with SQLAlchemy's
    }
    if place is not None:
        command += ["-p", USED]
        environment[PLACE] = place
    run = subprocess.run(  # noqa: S603 - a command of our own making
        [*command, "tests"], cwd=suite, env=environment, capture_output=True, text=True, check=False
    )
    if run.returncode not in (0, 1):
        sys.exit(f"Alembic's tests did not run:\n{run.stdout[-2000:]}{run.stderr[-2000:]}")
    lines = [line.split(" - ")[0].split() for line in run.stdout.splitlines()]
    return frozenset(line[1] for line in lines if line[:1] in (["FAILED"], ["ERROR"]))


def pytest_configure() -> None:
    """Import every module of schema_lab, and use a lab, before Alembic's tests are collected."""
    use_a_lab(os.environ[PLACE])


def import_every_module() -> None:
    """Import all of schema_lab, but for the template that runs within Alembic alone."""
    import schema_lab

    for module in pkgutil.walk_packages(schema_lab.__path__, "schema_lab."):
        if "template" not in module.name and not module.name.endswith("__main__"):
            importlib.import_module(module.name)


def use_a_lab(place: str) -> None:
    """Import every module, and use a lab on a database that is gone afterwards.

    Parameters
    ----------
    place
        As `Lab.scratch` takes it.
    """
    import_every_module()
    from schema_lab import Lab

    lab = Lab.scratch(place)
    people = sa.Table(
        "people",
        lab.models.metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(50), nullable=False, server_default="nobody"),
        comment="Who is who",
    )
    of_mariadb = lab.engine.dialect.name in ("mysql", "mariadb")  # which indexes no expression
    sa.Index("ix_people_name", people.c.name if of_mariadb else sa.func.lower(people.c.name))
    lab.autogenerate("Create people").write()
    lab.review()
    lab.upgrade()
    people.append_column(sa.Column("age", sa.Integer, nullable=True))
    lab.drift()
    lab.autogenerate("Add an age").write()
    lab.rehearse()
    lab.upgrade()
    lab.alembic("check")
    lab.downgrade("base")


def _databases() -> Iterator[tuple[str, str | None, str]]:
    """List the name of each database, SQLAlchemy's URL of it, and where the lab is beside it."""
    yield "SQLite", None, "sqlite"
    for name, (variable, driver) in SERVERS.items():
        given = os.environ.get(variable)
        if given is None:
            print(f"{name:12}left out: {variable} names no server", flush=True)
            continue
        server = sa.make_url(given)
        with _database(server.set(drivername=driver)) as url:
            yield name, url, given


@contextmanager
def _database(server: sa.URL) -> Iterator[str]:
    """Create an empty database with the schema that Alembic's tests need, and drop it again."""
    is_postgresql = server.get_backend_name() == "postgresql"
    first = server.set(database="postgres" if is_postgresql else None)
    engine = sa.create_engine(first, isolation_level="AUTOCOMMIT")
    url = server.set(database=DATABASE)
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {DATABASE}")
            connection.exec_driver_sql(f"CREATE DATABASE {DATABASE}")
        if is_postgresql:
            inside = sa.create_engine(url, isolation_level="AUTOCOMMIT")
            with inside.connect() as connection:
                connection.exec_driver_sql("CREATE SCHEMA test_schema")
            inside.dispose()
        yield url.render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {DATABASE}")
        engine.dispose()


def _downloaded(folder: Path) -> Path:
    """Download Alembic's source distribution, and give the folder with its tests."""
    wanted = f"alembic=={version('alembic')}"
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    command += ["--no-binary", "alembic", "--no-build-isolation", "--dest", str(folder), wanted]
    subprocess.run(command, check=True)  # noqa: S603 - a command of our own making
    (archive,) = folder.glob("alembic-*.tar.gz")
    with tarfile.open(archive) as opened:
        opened.extractall(folder, filter="data")
    return folder / archive.name.removesuffix(".tar.gz")


if __name__ == "__main__":
    sys.exit(main())

"""Fixtures that every test may ask for: real databases, and a copy of the Alembic project."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import sqlalchemy as sa

from schema_lab.database.connections.engines import engine_for
from tests.support.lacking import all_required
from tests.support.line_cache import keep_while_looking
from tests.support.programs import ran
from tests.support.servers import SERVERS, fresh_database
from tests.support.slow import is_slow

REPOSITORY = Path(__file__).parents[1]
PROJECT_PARTS = ("alembic.ini", "alembic", "scripts")

# The examples in docstrings run without the fixtures below, and must not meet a real database.
os.environ.pop("DATABASE_URL", None)

FreshDatabase = Callable[[str], str]
RunAlembic = Callable[..., "subprocess.CompletedProcess[str]"]


def pytest_configure(config: pytest.Config) -> None:
    """Keep two programs from failing by chance or for good.

    pytest-alembic 0.13 cannot collect this file under pytest 9.2; its tests run where a test module
    imports them. doctest looks through Python's cache of lines while classes are collected.
    """
    if os.environ.get("SCHEMA_LAB_UPDATE_CASES") == "1" and all_required():
        raise pytest.UsageError(
            "SCHEMA_LAB_UPDATE_CASES=1 writes what the cases expect, so it proves nothing: "
            "unset it, or unset SCHEMA_LAB_REQUIRE_ALL."
        )
    config.option.pytest_alembic_tests_path = "not/here"
    keep_while_looking()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test that runs on a server, so that `-m postgresql` selects it; and the slow."""
    for item in items:
        if is_slow(item.nodeid):
            item.add_marker("slow")
        parameters = getattr(getattr(item, "callspec", None), "params", {})
        for name in ("dialect", "walk"):
            if parameters.get(name) in SERVERS:
                item.add_marker(parameters[name])


@pytest.fixture(autouse=True)
def _no_outer_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)


@pytest.fixture(params=["sqlite", *SERVERS])
def dialect(request: pytest.FixtureRequest) -> str:
    """Run the test once per dialect: sqlite, postgresql, mariadb."""
    return str(request.param)


@pytest.fixture
def new_database(tmp_path: Path) -> Iterator[FreshDatabase]:
    """Give a function from a dialect to the URL of one more empty database."""
    with ExitStack() as databases:
        yield lambda dialect: databases.enter_context(fresh_database(dialect, tmp_path))


@pytest.fixture
def database_url(dialect: str, new_database: FreshDatabase) -> str:
    """Give the URL of an empty database of the dialect; it is dropped after the test."""
    return new_database(dialect)


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    """Give the product's own engine on the empty database."""
    opened = engine_for(sa.make_url(database_url))
    yield opened
    opened.dispose()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Copy this repository's Alembic project: alembic.ini, alembic/, scripts/."""
    root = tmp_path / "project"
    root.mkdir()
    for name in PROJECT_PARTS:
        source = REPOSITORY / name
        if source.is_dir():
            shutil.copytree(source, root / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, root / name)
    return root


@pytest.fixture
def project_environment(database_url: str) -> dict[str, str]:
    """Give the environment of a program that works on the project's database."""
    path = os.pathsep.join(filter(None, [str(REPOSITORY), os.environ.get("PYTHONPATH")]))
    return {**os.environ, "DATABASE_URL": database_url, "PYTHONPATH": path}


@pytest.fixture
def run_alembic(project: Path, project_environment: dict[str, str]) -> RunAlembic:
    """Give a function that runs `alembic …` in the project, as a user types it."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return ran(["alembic", *arguments], project, project_environment)

    return run

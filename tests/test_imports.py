"""What `import schema_lab` loads, and what it leaves until somebody needs it."""

import subprocess
import sys
from pathlib import Path

import pytest

import schema_lab

ROOT = Path(__file__).parents[1]
HEAVY = ("IPython", "faker", "ipywidgets", "matplotlib", "pandas", "sqlglot", "click")


def modules_after(*statements: str) -> set[str]:
    """Run statements in a fresh interpreter and give the modules that it then has."""
    code = "; ".join([*statements, "import sys", "print(*sys.modules)"])
    result = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return set(result.stdout.split())


@pytest.fixture(scope="module")
def after_import() -> set[str]:
    """Import the door of the package and nothing else."""
    return modules_after("from schema_lab import Lab")


@pytest.mark.parametrize("library", HEAVY)
def test_importing_the_package_leaves_it_out(after_import: set[str], library: str) -> None:
    """`Lab` loads no library that only a notebook or a command needs."""
    assert "schema_lab.lab" in after_import
    assert library not in after_import


def test_importing_the_package_loads_no_lab() -> None:
    """An application that imports its models loads neither the lab nor Alembic."""
    loaded = modules_after("import schema_lab", "from examples.models import Model")
    assert loaded.isdisjoint({*HEAVY, "schema_lab.lab", "schema_lab.migrate", "alembic"})


def test_what_is_not_loaded_yet_is_listed() -> None:
    """Tab completion names the lab before anybody has used it."""
    assert {"Lab", "init_db"} <= set(dir(schema_lab))


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    """A misspelled name fails as in any module."""
    with pytest.raises(AttributeError, match="no attribute 'Labor'"):
        schema_lab.Labor  # noqa: B018


def test_migrating_at_start_up_needs_no_notebook() -> None:
    """What env.py and `init_db` import loads neither widgets nor DataFrames."""
    loaded = modules_after("from schema_lab import init_db", "from examples.models import Model")
    assert loaded.isdisjoint(HEAVY)

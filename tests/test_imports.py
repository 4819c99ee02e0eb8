"""What `import schema_lab` loads, and what it leaves until somebody needs it."""

import subprocess
import sys

import pytest

HEAVY = ("IPython", "faker", "ipywidgets", "matplotlib", "pandas", "sqlglot", "typer")


def modules_after(*statements: str) -> set[str]:
    """Run statements in a fresh interpreter and give the modules that it then has."""
    code = "; ".join([*statements, "import sys", "print(*sys.modules)"])
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    return set(result.stdout.split())


@pytest.fixture(scope="module")
def after_import() -> set[str]:
    """Import the package and nothing else."""
    return modules_after("import schema_lab")


@pytest.mark.parametrize("library", HEAVY)
def test_importing_the_package_leaves_it_out(after_import: set[str], library: str) -> None:
    """`import schema_lab` loads no library that only a notebook or a command needs."""
    assert "schema_lab.lab" in after_import
    assert library not in after_import


def test_migrating_at_start_up_needs_no_notebook() -> None:
    """What env.py and `init_db` import loads neither widgets nor DataFrames."""
    loaded = modules_after("from schema_lab import init_db", "from schema_lab.models import Model")
    assert loaded.isdisjoint(HEAVY)

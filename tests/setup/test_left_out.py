"""What a run of the tests leaves out is counted and said, and where all are required it fails."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import conftest
from tests.support.lacking import INCLUDE, closing_line, leave_out, reason

ROOT = Path(__file__).parents[2]
ON_MARIADB = "tests/review/test_drop_column.py::test_the_values_are_counted[mariadb]"
NOTEBOOK = "notebooks/05_not_null.ipynb"


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run pytest where no MariaDB answers."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SCHEMA_LAB")}
    nowhere = {"SCHEMA_LAB_TEST_MARIADB": "mysql://root@127.0.0.1:1"}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments],
        cwd=ROOT,
        env={**kept, **nowhere, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_a_run_ends_with_what_it_left_out() -> None:
    """The last line names what is missing, the tests that need it, and how to have them."""
    result = run("-n", "0", ON_MARIADB)
    assert result.returncode == 0
    assert result.stdout.splitlines()[-1] == (
        "Left out: MariaDB (1 test; no server answers on 127.0.0.1:1). "
        f"To include them: {INCLUDE['MariaDB']}."
    )


def test_the_workers_of_a_run_have_one_last_line() -> None:
    """Two workers leave tests out, and the run says it once."""
    result = run("-n", "2", ON_MARIADB.replace("[mariadb]", ""))
    assert result.stdout.count("Left out:") == 1
    assert result.stdout.splitlines()[-1].startswith("Left out: MariaDB (1 test;")


def test_a_run_that_requires_all_fails() -> None:
    """With SCHEMA_LAB_REQUIRE_ALL=1 a missing server is a failure and not a skip."""
    result = run("-n", "0", ON_MARIADB, SCHEMA_LAB_REQUIRE_ALL="1")
    assert result.returncode == pytest.ExitCode.TESTS_FAILED
    assert "Needs MariaDB: no server answers on 127.0.0.1:1." in result.stdout
    assert "skipped" not in result.stdout


def test_a_run_that_requires_all_writes_no_expectations(
    pytestconfig: pytest.Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SCHEMA_LAB_UPDATE_CASES=1 is refused there: cases that are written anew cannot fail."""
    monkeypatch.setenv("SCHEMA_LAB_UPDATE_CASES", "1")
    monkeypatch.setenv("SCHEMA_LAB_REQUIRE_ALL", "1")
    with pytest.raises(pytest.UsageError, match="proves nothing"):
        conftest.pytest_configure(pytestconfig)


def test_a_skip_is_no_way_around(tmp_path: Path) -> None:
    """A test that skips by itself is named, and fails the run that requires all."""
    test = tmp_path / "test_skips.py"
    test.write_text("import pytest\n\ndef test_it():\n    pytest.skip('in a hurry')\n")
    command = ("-n", "0", "--rootdir", str(ROOT), "-c", str(ROOT / "pyproject.toml"))
    asked = run(*command, "-p", "conftest", str(test), SCHEMA_LAB_REQUIRE_ALL="1")
    assert asked.returncode == pytest.ExitCode.TESTS_FAILED
    assert "test_it skips (1 test; in a hurry)" in asked.stdout.splitlines()[-1]


def test_a_run_with_everything_has_no_such_line() -> None:
    """Where nothing is left out, nothing is said about it."""
    result = run("-n", "0", ON_MARIADB.replace("mariadb", "sqlite"))
    assert result.returncode == 0
    assert "Left out" not in result.stdout


def test_a_notebook_without_its_server_says_so() -> None:
    """`pytest --nbval` skips each cell of it, says why, and counts one notebook."""
    result = run("-n", "0", "--nbval", NOTEBOOK)
    assert result.returncode == 0
    assert f"{NOTEBOOK}: Needs MariaDB: no server answers on 127.0.0.1:1." in result.stdout
    assert " passed" not in result.stdout
    assert "Left out: MariaDB (1 notebook; " in result.stdout.splitlines()[-1]


def test_a_notebook_that_all_require_is_run() -> None:
    """With SCHEMA_LAB_REQUIRE_ALL=1 the cells of a notebook without its server fail."""
    result = run("-n", "0", "-x", "--nbval", NOTEBOOK, SCHEMA_LAB_REQUIRE_ALL="1")
    assert result.returncode == pytest.ExitCode.TESTS_FAILED
    assert "skipped" not in result.stdout


def test_each_kind_is_counted_apart() -> None:
    """Tests and notebooks are counted; what needs two servers counts for both."""
    skips = [
        ("tests/test_a.py::test_b", reason(["MariaDB"], "no answer.")),
        ("tests/test_a.py::test_c", reason(["the browser"], "Chromium is not on the PATH.")),
        ("notebooks/a.ipynb::Cell 0", reason(["PostgreSQL", "MariaDB"], "no answer.")),
        ("notebooks/a.ipynb::Cell 1", reason(["PostgreSQL", "MariaDB"], "no answer.")),
    ]
    assert closing_line(skips) == (
        "Left out: MariaDB (1 test, 1 notebook; no answer), "
        "the browser (1 test; Chromium is not on the PATH), PostgreSQL (1 notebook; no answer). "
        f"To include them: {INCLUDE['MariaDB']}; {INCLUDE['the browser']}; "
        f"{INCLUDE['PostgreSQL']}."
    )


def test_what_nobody_can_get_is_not_left_out() -> None:
    """A test names what it lacks by a name for which there is a way to get it."""
    with pytest.raises(AssertionError, match="nobody knows how to get"):
        leave_out(["time"], "it is late.")

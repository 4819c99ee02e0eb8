"""`schema_lab.testing`: a team's migrations as a test of pytest."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from schema_lab import Lab
from schema_lab.testing import migrations_leave_no_trace
from tests.roundtrip.test_roundtrip import CREATE, DROP
from tests.support.labs import filled_in

REPOSITORY = Path(__file__).parents[2]
TEST = """
from schema_lab.testing import migrations_leave_no_trace

def test_migrations():
    migrations_leave_no_trace("alembic.ini")
"""

pytestmark = pytest.mark.parametrize("dialect", ["sqlite"])


def run_pytest(lab: Lab) -> subprocess.CompletedProcess[str]:
    """Run the three lines as a team does, in the project's folder."""
    (lab.root / "test_migrations.py").write_text(TEST)
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_migrations.py"],
        cwd=lab.root,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_a_clean_history_passes(lab: Lab) -> None:
    """Three lines, one test, green."""
    filled_in(lab, "Create users", CREATE, DROP)
    ran = run_pytest(lab)
    assert ran.returncode == 0, ran.stdout
    assert "1 passed" in ran.stdout


def test_two_heads_fail_with_their_names(lab: Lab) -> None:
    """A history that `alembic upgrade head` refuses does not pass; "heads" tests all of it."""
    first = lab.revision("First", "0001").id
    for name in ("0002", "0003"):
        lab.alembic(f"revision -m Next --head {first} --splice --rev-id {name}")
    with pytest.raises(AssertionError, match=r"0002.*0003.*\n.*merge"):
        migrations_leave_no_trace(lab, rows=0)
    assert migrations_leave_no_trace(lab, rows=0, target="heads").ok


def test_a_forgetful_history_fails_with_its_revision(lab: Lab) -> None:
    """The failure names the revision, what it leaves behind and what would help; no internals."""
    filled_in(lab, "Create users", CREATE, DROP)
    forgetful = filled_in(lab, "Index", 'op.create_index("ix", "users", ["name"])', "pass")
    ran = run_pytest(lab)
    assert ran.returncode == 1
    assert f"✗ {forgetful} Index" in ran.stdout
    assert "index `ix` on `users` still exists" in ran.stdout
    assert "→ " in ran.stdout
    assert "whole_history" not in ran.stdout

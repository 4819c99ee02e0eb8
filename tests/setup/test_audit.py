"""scripts/audit.py: what is known of the pinned versions, and what is not."""

import json

import pytest

from scripts.audit import Answer

CLEAN = {"name": "alembic", "version": "1.20.1", "vulns": []}
SKIPPED = {"name": "mako", "skip_reason": "Dependency not found on PyPI and could not be audited"}
FLAW = {"id": "PYSEC-2026-1", "fix_versions": ["3.1.7"], "aliases": [], "description": ""}
FLAWED = {"name": "jinja2", "version": "3.1.6", "vulns": [FLAW]}


def answer(*dependencies: object) -> Answer:
    """Give what is read from pip-audit's report of these packages."""
    return Answer.of(json.dumps({"dependencies": dependencies, "fixes": []}))


def test_a_vulnerable_version_is_named_with_its_cure() -> None:
    """The line names the package, its version, the vulnerability and the version to take."""
    found = answer(CLEAN, FLAWED, SKIPPED)
    assert found.vulnerable == ("jinja2 3.1.6: PYSEC-2026-1, fixed in 3.1.7",)
    assert (found.known, found.unknown) == (2, ("mako",))


@pytest.mark.parametrize("output", ["", "requests.exceptions.ConnectionError", "{}", "[]"])
def test_a_database_that_cannot_be_reached_knows_nothing(output: str) -> None:
    """A report that is none counts as no answer, and never as "no vulnerability"."""
    assert Answer.of(output) == Answer((), 0, ())


def test_a_database_that_skips_everything_knows_nothing() -> None:
    """pip-audit ends well though it was told nothing of any package: that is no answer either."""
    assert answer(SKIPPED).known == 0

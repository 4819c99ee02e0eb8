"""A review in a process that is profiled or traced, as by cProfile, a debugger or coverage."""

import json
import subprocess
import sys
from typing import Any

import pytest

HOOKS = pytest.mark.parametrize("hook", ["cProfile", "sys.setprofile", "sys.settrace"])
PROGRAM = """
import cProfile, json, sys

from schema_lab import Lab
from schema_lab.recording.time_limit import TooLongError, within


def endless():
    while True:
        pass


def swallows():
    while True:
        try:
            endless()
        except BaseException:
            if len(swallowed) > 2:
                return
            swallowed.append(1)


def stopped(work):
    try:
        within(0.05, work)
    except TooLongError:
        return True
    return False


def looked():
    swallowed.clear()
    return {
        "codes": [one.code for one in lab.review()],
        "returned": within(10, lambda: "returned"),
        "stopped": stopped(endless),
        "swallowed": [stopped(swallows), len(swallowed)],
    }


swallowed = []
lab = Lab.scratch()
revision = lab.revision("First")
text = revision.path.read_text()
create = "op.execute('CREATE TABLE a (id INTEGER PRIMARY KEY)')"
revision.path.write_text(text.replace("pass", create, 1))
found = {"plain": looked()}
profiler = cProfile.Profile()
profiler.enable()
found["cProfile"] = looked()
profiler.disable()
sys.setprofile(lambda *_: None)
found["sys.setprofile"] = looked()
sys.setprofile(None)
tracer = lambda *_: tracer
sys.settrace(tracer)
found["sys.settrace"] = looked()
sys.settrace(None)
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def found() -> dict[str, dict[str, Any]]:
    """Review and stop endless code, plainly and under each kind of hook, in one process."""
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=200, check=False
    )
    assert run.returncode == 0, run.stderr
    seen: dict[str, dict[str, Any]] = json.loads(run.stdout)
    return seen


def test_plain_code_is_reviewed_and_stopped(found: dict[str, dict[str, Any]]) -> None:
    """Without a hook, a review ends, code that returns returns, and endless code is stopped."""
    plain = found["plain"]
    assert plain["codes"] == ["SL401"]
    assert plain["returned"] == "returned"
    assert plain["stopped"] is True
    assert plain["swallowed"] == [False, 3]


@HOOKS
def test_a_review_ends_with_the_same_findings(found: dict[str, dict[str, Any]], hook: str) -> None:
    """A hook changes neither that a review ends nor what it finds."""
    assert found[hook]["codes"] == found["plain"]["codes"]


@HOOKS
def test_endless_code_is_stopped(found: dict[str, dict[str, Any]], hook: str) -> None:
    """Under a hook, code that does not end is stopped as without one, and nothing else is."""
    assert found[hook] == found["plain"]

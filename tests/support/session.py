"""One run of pytest: its plugins, what its workers share, and its closing line."""

import os
import shlex
import shutil
import sys
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.support import embedded
from tests.support.lacking import all_required, closing_line

SHARED = "SCHEMA_LAB_TEST_RUN"
"""The environment's name of the folder that the workers of a run share."""

_mine = pytest.StashKey[Path]()


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Load nbval where a notebook is to run: it takes longer to import than most tests take."""
    config = pluginmanager.get_plugin("pytestconfig")
    assert isinstance(config, pytest.Config)
    more = shlex.split(os.environ.get("PYTEST_ADDOPTS", ""))
    if any("--nbval" in word for word in (*config.invocation_params.args, *more)):
        pluginmanager.import_plugin("nbval.plugin")


def pytest_configure(config: pytest.Config) -> None:
    """Make the folder that the workers share; a run within a run shares the outer one's."""
    if SHARED not in os.environ:
        config.stash[_mine] = Path(tempfile.mkdtemp(prefix="schema_lab_tests_"))
        os.environ[SHARED] = str(config.stash[_mine])


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what was started for this run."""
    folder = config.stash.get(_mine, None)
    if folder is not None:
        embedded.stop(folder)
        shutil.rmtree(folder, ignore_errors=True)
        del os.environ[SHARED]


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> Generator[None]:
    """End with the line that says what was left out; where all are required, that is a failure."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None:  # a worker: the reports are with its controller
        yield
        return
    skips = [(one.nodeid, str(one.longrepr[2])) for one in reporter.stats.get("skipped", [])]
    line = closing_line(skips)
    if line and all_required() and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
    if "hypothesis" not in sys.modules and not session.config.getoption("numprocesses", None):
        # Its plugin imports all of it to end a run that has not used it.
        session.config.pluginmanager.unregister(name="hypothesispytest")
    yield
    if line:
        reporter.write_line(line)

"""Migrating touches neither the notebook's logging nor its output (N4, N6)."""

import io
import logging
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from schema_lab import Lab
from schema_lab.errors import SchemaLabError
from tests.support.labs import filled_in, users, want

pytestmark = pytest.mark.parametrize("dialect", ["sqlite"])

LOGGING = """
[loggers]
keys = root
[handlers]
keys = console
[formatters]
keys = plain
[logger_root]
level = CRITICAL
handlers = console
[handler_console]
class = StreamHandler
args = (sys.stdout,)
formatter = plain
[formatter_plain]
format = %(message)s
"""
FILE_CONFIG = """
import logging
from logging.config import fileConfig
from pathlib import Path

fileConfig(Path(__file__).parents[1] / "alembic.ini")
logging.getLogger("notebook").setLevel(logging.CRITICAL)
"""

Step = Callable[[Lab], object]
STEPS: dict[str, Step] = {
    "drift": lambda lab: lab.drift(),
    "autogenerate": lambda lab: lab.autogenerate("Create users"),
    "status": lambda lab: lab.status(),
    "history": lambda lab: lab.history(),
    "upgrade": lambda lab: lab.upgrade(),
    "downgrade": lambda lab: lab.downgrade("base"),
    "revision": lambda lab: lab.revision("Another"),
    "stamp": lambda lab: lab.stamp("base"),
    "failure": lambda lab: lab.upgrade("nowhere"),
}


@pytest.fixture
def noisy(lab: Lab) -> Lab:
    """Give a project whose env.py configures logging, in the way of `alembic init` and worse."""
    ini, env = lab.root / "alembic.ini", lab.root / "alembic" / "env.py"
    ini.write_text(ini.read_text() + LOGGING)
    env.write_text(FILE_CONFIG + env.read_text())
    want(lab, users())
    return lab


@pytest.fixture
def notebook() -> Iterator[io.StringIO]:
    """Configure logging as a notebook might, and give what it receives."""
    heard = io.StringIO()
    handler = logging.StreamHandler(heard)
    logger = logging.getLogger("notebook")
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)
    yield heard
    logger.removeHandler(handler)
    logger.setLevel(logging.NOTSET)


def logging_now() -> dict[str, object]:
    """Read level, handlers and switch of every logger."""
    loggers = {"root": logging.root, **logging.Logger.manager.loggerDict}
    return {
        name: (one.level, tuple(one.handlers), one.disabled, one.propagate)
        for name, one in loggers.items()
        if isinstance(one, logging.Logger)
    }


@pytest.mark.parametrize("step", STEPS)
def test_loggers_stay_as_they_were(noisy: Lab, notebook: io.StringIO, step: str) -> None:
    """No call of the lab changes a logger, though env.py configures them (N4)."""
    before = logging_now()
    taken(STEPS[step], noisy)
    after = logging_now()
    assert {name: after[name] for name in before} == before
    logging.getLogger("notebook").info("still here")
    assert notebook.getvalue().endswith("still here\n")


@pytest.mark.parametrize("step", STEPS)
def test_nothing_is_printed(lab: Lab, capsys: pytest.CaptureFixture[str], step: str) -> None:
    """No call prints what it does, nor its failure (N6)."""
    want(lab, users())
    filled_in(lab, "Nothing", "pass")
    capsys.readouterr()
    taken(STEPS[step], lab)
    assert capsys.readouterr() == ("", "")


def taken(step: Step, lab: Lab) -> None:
    """Take a step; some of them fail, and the failure is the lab's."""
    with suppress(SchemaLabError):
        step(lab)

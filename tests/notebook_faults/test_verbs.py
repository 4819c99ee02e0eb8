"""A notebook's own surroundings under every verb of the lab: logging, stdout, a new kernel."""

from pathlib import Path

import pytest

from schema_lab.scratch import scratch_project
from tests.notebook_faults.kernels import errors, printed, run, sound

MODEL = """
from schema_lab import Field, Lab
lab = Lab({url!r}, config={config!r})
class User(lab.Model, table=True):
    __tablename__ = "users"
    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=50)
"""
LOGGING = """
import io, logging
stream = io.StringIO()
root = logging.getLogger()
handler = logging.StreamHandler(stream)
root.handlers[:] = [handler]
root.setLevel(logging.ERROR)
mine = logging.getLogger("mine"); mine.setLevel(logging.INFO); mine.propagate = False
own = logging.StreamHandler(stream); mine.addHandler(own)
quiet = logging.getLogger("sqlalchemy.engine"); quiet.setLevel(logging.CRITICAL)
def state():
    return [(one.name, one.level, list(one.handlers), one.disabled, one.propagate)
            for one in (root, mine, quiet)]
before = state()
"""
VERBS = """
lab.drift(); lab.autogenerate("Create users").write(); lab.upgrade(); lab.status()
lab.history(); lab.current(); lab.heads(); lab.tables(); lab.columns("users"); lab.rows("users")
lab.revision("By hand"); lab.upgrade(); lab.downgrade("-1"); lab.stamp("head")
lab.losses("downgrade", "base"); lab.downgrade("base"); lab.panel(); None
"""
TEMPLATE_ENV = """
from logging.config import fileConfig
from alembic import context
from schema_lab.migrate import run_offline, run_online
import logging
fileConfig(context.config.get_alembic_option("here") + "/alembic.ini")
logging.getLogger("mine").setLevel(logging.CRITICAL)
run_online(context, None)
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Lay an empty project."""
    (tmp_path / "lab").mkdir()
    return scratch_project(tmp_path / "lab").ini


@pytest.fixture
def model(database_url: str, config: Path) -> str:
    """Give the cell that opens the lab and defines its model."""
    return MODEL.format(url=database_url, config=str(config))


def test_logging_is_untouched_by_every_verb(model: str) -> None:
    """N4: handlers, levels and loggers are the same, nothing is logged or printed."""
    after = "print(before == state(), repr(stream.getvalue())); mine.info('heard')"
    notebook = run(LOGGING, model, VERBS, after, "print(stream.getvalue())")
    assert sound(notebook)
    assert printed(notebook.cells[2]) == ""
    assert printed(notebook.cells[3]) == "True ''\n"
    assert printed(notebook.cells[4]) == "heard\n\n"


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_an_env_py_that_configures_logging_does_not(model: str, config: Path) -> None:
    """N4: what Alembic's usual env.py does with the ini file's loggers does not stay."""
    ini = config.read_text()
    config.write_text(ini + LOGGERS)
    (config.parent / "alembic" / "env.py").write_text(TEMPLATE_ENV.replace(HERE, repr(str(config))))
    notebook = run(LOGGING, model, VERBS, "print(before == state()); mine.info('heard')")
    assert sound(notebook)
    assert printed(notebook.cells[3]) == "True\n"


HERE = 'context.config.get_alembic_option("here") + "/alembic.ini"'
LOGGERS = """
[loggers]
keys = root
[handlers]
keys = console
[formatters]
keys = plain
[logger_root]
level = DEBUG
handlers = console
[handler_console]
class = StreamHandler
args = (sys.stdout,)
formatter = plain
[formatter_plain]
format = %(message)s
"""


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_a_new_kernel_finds_what_was_written(model: str) -> None:
    """N5: between write and upgrade nothing is lost; status and panel say what is pending."""
    assert sound(run(model, "lab.autogenerate('Create users').write(); None"))
    look = "status = lab.status(); print(status.pending, status.current, len(lab.history()))"
    panel = "panel = lab.panel(); print('1 pending' in panel.status_box.value)"
    press = (
        "panel.upgrade_button.click()\n"
        "print(repr(panel.error_box.value), list(lab.tables()['table']), bool(lab.drift()))"
    )
    notebook = run(model, look, panel, press)
    assert sound(notebook)
    assert [printed(cell) for cell in notebook.cells[1:]] == [
        "1 () 1\n",
        "True\n",
        "'' ['users'] False\n",
    ]


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_a_new_kernel_without_models_shows_the_revision_too(model: str) -> None:
    """N5: a notebook that has not run its model cells yet upgrades what is written."""
    assert sound(run(model, "lab.autogenerate('Create users').write(); None"))
    only_lab = "\n".join(model.splitlines()[:3])
    notebook = run(only_lab, "lab.upgrade(); print(list(lab.tables()['table']))")
    assert sound(notebook)
    assert printed(notebook.cells[1]) == "['users']\n"


COMMAND_ERRORS = {
    "no such revision": ("lab.upgrade('nowhere')", "nowhere"),
    "nothing below": ("lab.downgrade()", "nothing to downgrade"),
    "no such stamp": ("lab.stamp('nowhere')", "nowhere"),
    "merge of one": ("lab.merge('x')", "nothing to merge"),
    "behind": ("lab.revision('a'); lab.autogenerate('b')", "Run `lab.upgrade()` first"),
}


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_alembics_errors_are_the_labs(model: str) -> None:
    """N6: fact and cure in two lines, nothing on stdout or stderr."""
    notebook = run(model, *(source for source, _ in COMMAND_ERRORS.values()))
    for cell, (_, said) in zip(notebook.cells[1:], COMMAND_ERRORS.values(), strict=True):
        (error,) = errors(cell)
        assert error.ename in ("HistoryError", "MigrationError")
        assert said in error.evalue
        assert len(error.traceback) == 2
        assert printed(cell) == ""

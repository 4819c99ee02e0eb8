"""What an error says to do exists, and is spelled for the place in which the error appears."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from alembic import command
from alembic.config import CommandLine
from click.testing import CliRunner
from ipywidgets import Button, ToggleButton

import schema_lab
from schema_lab import Lab, errors
from schema_lab.cli.moves import run_migrations
from schema_lab.cli.program import program
from schema_lab.errors import WAYS, HistoryError, Way, cure_by_number, in_terminal, on_panel
from schema_lab.panels.presses import shown
from tests.support.imports import module_files

PACKAGE = Path(schema_lab.__file__).parent
EXAMPLES = {
    "accept_loss": 'lab.upgrade(accept_loss=["users", "teams"])',
    "engine": 'Lab(config=…, engine="engine1")',
    "Lab(wait": "Lab(wait=300)",
    "Lab(config": 'Lab(config="path/to/alembic.ini"), or start with Lab.scratch()',
    "Lab(x": 'Lab(x=["tenant=a"]), or --x tenant=a on the command line',
    "autogenerate": "lab.autogenerate(…).write()",
    "rehearse": "lab.rehearse('head')",
    "(alembic": 'lab.stamp("0001") (alembic stamp --purge 0001)',
}
"""The calls of the ways whose pattern is more than a name and its brackets."""


def texts() -> Iterator[tuple[str, str]]:
    """List the texts of the package that are no docstrings, each with its module."""
    for name, path in module_files(PACKAGE).items():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            text = node.value if isinstance(node, ast.Constant) else None
            if isinstance(text, str) and id(node) not in docs:
                yield name, text


def example(way: Way) -> str:
    """Give a call as a cure spells it."""
    plain = way.call.replace("\\", "")
    found = next((text for part, text in EXAMPLES.items() if part in plain), None)
    return found or plain.replace('"([^"]*)"', '"0001"')


def calls(text: str) -> list[str]:
    """Name the methods of a lab that a text calls."""
    return re.findall(r"\blab\.([a-z_]+)\(", text)


def test_every_method_in_a_text_exists() -> None:
    """No text of the package sends a reader to a method that a lab does not have."""
    named = {(module, name) for module, text in texts() for name in calls(text)}
    assert len(named) > 20
    assert sorted(pair for pair in named if not hasattr(Lab, pair[1])) == []


def test_every_alembic_command_in_a_text_exists() -> None:
    """`alembic …` in a text is a command of Alembic's."""
    said = r"(?:`|: |run )alembic ([a-z]+)"
    named = {name for _, text in texts() for name in re.findall(said, text)}
    assert {"check", "upgrade"} <= named
    assert {name for name in named if not hasattr(command, name)} == set()


@pytest.mark.parametrize("way", WAYS, ids=lambda way: example(way)[:30])
def test_a_way_is_spelled_in_three_places(way: Way) -> None:
    """Each spelling stands for the call, and none names the notebook's outside of a notebook."""
    call = example(way)
    assert re.fullmatch(way.call, call)
    assert all(hasattr(Lab, name) for name in calls(call))
    said = in_terminal(f"Run `{call}` now.")
    assert not re.search(r"\blab\.|\bLab\(", said), said
    for line in re.findall(r"`alembic ([^`]*)`", said):
        words = [word.strip('"') for word in re.findall(r'"[^"]*"|\S+', line)]
        assert CommandLine().parser.parse_args(words).cmd
    options = set(_options(program))
    assert set(re.findall(r"--[a-z-]+|-x", re.sub("`alembic[^`]*`", "", said))) <= options
    if way.button:
        assert way.button in on_panel(f"Run `{call}` now.")


def _options(group: click.Group) -> Iterator[str]:
    context = click.Context(group)
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        assert found is not None
        for parameter in found.params:
            yield from parameter.opts


def test_every_button_of_a_way_is_on_the_panel() -> None:
    """A label that a cure names stands on a button or at the head of a section."""
    panel = Lab.scratch().panel()
    labels = {
        widget.description
        for widget in _widgets(panel)
        if isinstance(widget, Button | ToggleButton)
    }
    words = " ".join(str(getattr(widget, "value", "")) for widget in _widgets(panel))
    wanted = {way.button for way in WAYS if way.button}
    assert {label for label in wanted if label not in labels and label not in words} == set()


def _widgets(box: Any) -> Iterator[Any]:
    yield box
    for child in getattr(box, "children", ()):
        yield from _widgets(child)


def test_cures_of_the_tables_hold_no_call_in_a_terminal() -> None:
    """What the tables of errors say is spelled as commands."""
    cures = [text for name, text in vars(errors).items() if re.fullmatch(r"_[A-Z]+", name)]
    texts = [text for text in (*cures, *errors._OF_ALEMBIC.values()) if isinstance(text, str)]
    said = [in_terminal(text) for text in texts]
    assert [text for text in said if re.search(r"\blab\.|\bLab\(", text)] == []


@pytest.mark.parametrize(
    "error",
    [
        type("Canceled", (Exception,), {"sqlstate": "57014"})("canceling statement"),
        Exception(1969, "Query execution was interrupted (max_statement_time exceeded)"),
        Exception(3024, "Query execution was interrupted, maximum statement execution time"),
    ],
)
def test_a_slow_statement_is_not_cured_by_starting_the_server(error: Exception) -> None:
    """A limit on the time of a statement is told by number and by wording."""
    assert "time of a statement" in cure_by_number(error)
    assert "time of a statement" in errors.cure_by_wording("canceling due to statement timeout")


def test_a_panel_names_a_button() -> None:
    """The box of an error on the panel says which button to press."""
    html = shown(HistoryError("The database is behind.", "Run `lab.upgrade()` first."))
    assert "Press Upgrade first." in html


def test_a_terminal_names_a_command(tmp_path: Path) -> None:
    """`run_migrations.py` says how two heads are merged with `alembic`."""
    lab = Lab.scratch()
    for name, below in (("0001", None), ("0002", "0001"), ("0003", "0001")):
        (lab.root / "alembic" / "versions" / f"{name}.py").write_text(
            f"revision = {name!r}\ndown_revision = {below!r}\n\n\n"
            "def upgrade():\n    pass\n\n\ndef downgrade():\n    pass\n"
        )
    arguments = ["--config", str(lab.root), "--url", f"sqlite:///{tmp_path / 'app.db'}"]
    result = CliRunner().invoke(run_migrations, arguments)
    assert result.exit_code == 1
    assert 'alembic merge -m "…" heads' in result.output
    assert "lab." not in result.output

"""README's table: a command, its notebook form and its button lead to the same place."""

import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from ipywidgets import HTML, Widget

from schema_lab import Lab
from schema_lab.panels import Panel
from tests.docs import places, reading
from tests.docs.known import NEW, RAN
from tests.docs.places import filled, open_terminal
from tests.docs.reading import README
from tests.support.terminal import FIRST, Terminal

TABLE = reading.rows("on the command line | in a notebook | on the panel")
FORMS = {reading.codes(row[0])[0]: reading.codes(row[1])[0] for row in TABLE}
LABELS = sorted({label for row in TABLE for label in reading.bolds(row[2])})


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    """Open a terminal in a copy of the project, on an empty SQLite file."""
    return open_terminal(tmp_path)


@pytest.mark.parametrize("command", FORMS)
def test_the_notebook_form_leads_where_the_command_leads(terminal: Terminal, command: str) -> None:
    """From the same start, current and heads are the same as after the command."""
    expected = RAN[command]
    expected.prepare(terminal)
    lab = terminal.lab()
    before = {one.id for one in lab.history()}
    candidate = lab.autogenerate("Nothing") if "candidate" in FORMS[command] else None
    revision = filled("<revision>")[0]
    said = eval(  # noqa: S307 - README's own line
        FORMS[command].replace("<revision>", revision), {"lab": lab, "candidate": candidate}
    )
    assert said is not None
    assert {one.id for one in lab.current()} == expected.current
    assert {one.id if one.id in before else NEW for one in lab.heads()} == expected.heads


@pytest.mark.parametrize("command", FORMS)
def test_the_magic_leads_where_the_command_leads(terminal: Terminal, command: str) -> None:
    """`%alembic …`, which is `lab.alembic`, leaves current and heads as the command does."""
    expected = RAN[command]
    expected.prepare(terminal)
    lab = terminal.lab()
    before = {one.id for one in lab.history()}
    said = lab.alembic(shlex.join(filled(command)[1:]))
    assert expected.shown in str(said) or command == "alembic check"
    assert {one.id for one in lab.current()} == expected.current
    assert {one.id if one.id in before else NEW for one in lab.heads()} == expected.heads


def texts(panel: Panel) -> Iterator[str]:
    """Give every label and text of the panel, once for each target that can be chosen."""
    for _, target in panel.target_chooser.options:
        panel.target_chooser.value = target
        yield from (text for widget in _inside(panel) for text in _said(widget))


def _inside(widget: Widget) -> Iterator[Widget]:
    yield widget
    for child in getattr(widget, "children", ()):
        yield from _inside(child)


def _said(widget: Widget) -> Iterator[str]:
    yield str(getattr(widget, "description", ""))
    if isinstance(widget, HTML):
        yield widget.value


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Give all that the panel says in the middle of a history."""
    terminal = open_terminal(tmp_path_factory.mktemp("panel"))
    places.at_first(terminal)
    return "\n".join(texts(terminal.lab().panel()))


@pytest.mark.parametrize("label", LABELS)
def test_the_panel_has_what_the_table_names(shown: str, label: str) -> None:
    """Each button and heading in README's table stands on the panel under that name."""
    assert label in shown


def test_the_panel_names_the_revision_to_downgrade_to(tmp_path: Path) -> None:
    """Choosing a revision below names the button after it."""
    terminal = open_terminal(tmp_path)
    places.at_head(terminal)
    panel = terminal.lab().panel()
    panel.target_chooser.value = FIRST
    assert panel.target_button.description == f"Downgrade to {FIRST}"


@pytest.mark.parametrize("path", [README, *reading.NOTEBOOKS], ids=lambda path: path.name)
def test_every_method_that_is_named_exists(path: Path) -> None:
    """Each `lab.something(…)` within the prose is a method of the lab."""
    named = {s[4:].partition("(")[0] for s in reading.spans(path) if s.startswith("lab.")}
    assert {name for name in named if not hasattr(Lab, name)} == set()

"""The command line and the notebook write the same script for the same change."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from schema_lab import Lab
from tests.support.servers import SERVERS, fresh_database
from tests.support.terminal import SHIPPED, Terminal, succeeded

DATED = re.compile(r"^Create Date: .*$", re.MULTILINE)

HEADER = "from datetime import date, datetime\nfrom decimal import Decimal\n"
COLUMNS = """    bio: str | None = Field(default=None, max_length=500)
    onboarding_screen: str | None = Field(default=None, max_length=50)
    onboarding_started_at: datetime | None = Field(default=None, sa_type=DateTime)
"""
PLAN = """

class Plan(Model, table=True):
    __tablename__ = "plans"

    id: int | None = Field(default=None, primary_key=True)
    title: str = Field(max_length=80, unique=True)
    price: Decimal = Field(max_digits=8, decimal_places=2)
    starts: date
    made_at: datetime
    user_id: int | None = Field(default=None, foreign_key="users.id", index=True)
"""

CHANGES = {
    "nothing": [],
    "additions": [
        (
            COLUMNS,
            f"{COLUMNS}    city: str | None = Field(default=None, max_length=80, index=True)\n",
        ),
        (
            "max_length=100)\n",
            'max_length=100)\n    age: int = Field(sa_column_kwargs={"server_default": "18"})\n',
        ),
        ("\\Z", PLAN),
    ],
    "removals": [
        (COLUMNS, ""),
        ('foreign_key="users.id", unique=True', 'foreign_key="users.id"'),
    ],
    "alterations": [
        (
            "bio: str | None = Field(default=None, max_length=500)",
            "bio: str = Field(max_length=900)",
        ),
        ('"users.id", unique=True', '"users.id", ondelete="CASCADE"'),
    ],
}


def changed(models: str, change: str) -> str:
    """Edit the text of the models as a person would."""
    models = models.replace("from datetime import datetime\n", HEADER)
    for before, after in CHANGES[change]:
        if before == "\\Z":
            models += after
            continue
        assert before in models
        models = models.replace(before, after)
    return models


@pytest.fixture(scope="module", params=["sqlite", *SERVERS])
def terminal(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Terminal]:
    """Open a terminal at the head, with models of its own; nothing here changes the database."""
    folder = tmp_path_factory.mktemp("same")
    with ExitStack() as stack:
        url = stack.enter_context(fresh_database(request.param, folder))
        opened = Terminal.on_a_copy(folder / "project", url, with_models=True)
        opened.lab().upgrade()
        yield opened


def in_the_notebook(lab: Lab, models: str) -> str:
    """Run the models' classes as a cell of the lab, autogenerate, write, and take the file away."""
    imports, classes = models.split("models = ModelSet()")
    names: dict[str, Any] = {"__name__": "notebook"}
    exec(imports, names)  # noqa: S102  # what a person runs in a cell
    names["Model"] = lab.Model
    exec(classes[classes.index("class User(") :], names)  # noqa: S102
    path = lab.autogenerate("Change the models").write(empty=True).path
    assert path is not None
    return taken(path)


def on_the_command_line(terminal: Terminal, models: str) -> str:
    """Write the models into their module, run the command, and take the file away."""
    before = terminal.scripts()
    terminal.models.write_text(models)
    command = ("revision", "--autogenerate", "-m", "Change the models")
    assert succeeded(terminal.alembic(*command))
    (name,) = terminal.scripts() - before
    return taken(terminal.versions / name)


def taken(path: Path) -> str:
    """Read a script without its id and date, and remove it."""
    text = path.read_text().replace(path.name.split("_")[0], "<id>")
    path.unlink()
    return DATED.sub("", text)


@pytest.mark.parametrize("change", CHANGES)
def test_both_write_the_same_script(terminal: Terminal, change: str) -> None:
    """Apart from id and date, the two scripts are equal byte for byte."""
    models = changed(SHIPPED.read_text(), change)
    notebook = in_the_notebook(terminal.lab(), models)
    assert on_the_command_line(terminal, models) == notebook
    assert ("op." in notebook) == (change != "nothing")

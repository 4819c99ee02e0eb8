"""Model cells in a real kernel: run twice, out of order, and with mistakes."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode, v4

from tests.models.conftest import POST, POST_WITHOUT_BODY, USER

START = """
import warnings
warnings.simplefilter("error")
import sqlalchemy as sa
from sqlmodel import Session, select
from schema_lab.models import Field, ModelSet, Relationship
models = ModelSet()
Model = models.Model
"""
COLUMNS = 'models.metadata.tables["posts"].columns.keys()'
SESSION = """
engine = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
models.metadata.create_all(engine)
with Session(engine) as session:
    session.add(User(name="Ada", posts=[Post(title="On engines", body="…")]))
    session.commit()
    found = session.exec(select(Post).join(User)).one().author.name
engine.dispose()
found
"""
MISTAKE = POST.replace('"posts")', '"articles")')
FACT = "Post.author has back_populates='articles', but User has no relationship named articles."
CURE = "The relationships of User are: posts."


class Kernel:
    """A kernel in which each scenario starts with an empty namespace and a new set of models."""

    def __init__(self, client: NotebookClient) -> None:
        self._client = client

    def run(self, *sources: str) -> list[NotebookNode]:
        """Run the cells of one scenario; give them with their outputs."""
        cells = [v4.new_code_cell(each) for each in ("%reset -f", START, *sources)]
        self._client.nb.cells = cells
        for index, cell in enumerate(cells):
            self._client.execute_cell(cell, index)
        return cells[2:]

    def run_until_error(self, *sources: str) -> None:
        """Run cells as a notebook that stops at the first error."""
        self._client.allow_errors = False
        try:
            self.run(*sources)
        finally:
            self._client.allow_errors = True


@pytest.fixture(scope="module")
def kernel() -> Iterator[Kernel]:
    """Start one kernel for all scenarios, with this checkout on its path."""
    client = NotebookClient(v4.new_notebook(), kernel_name="python3", allow_errors=True)
    path = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    with client.setup_kernel(env=path):
        yield Kernel(client)


def value(cell: NotebookNode) -> str:
    """Give what a cell shows as its value; fail if it shows anything else."""
    (output,) = cell.outputs
    return str(output.data["text/plain"])


def errors(cell: NotebookNode) -> list[Any]:
    """Give the errors that a cell shows."""
    return [each for each in cell.outputs if each.output_type == "error"]


def test_a_column_removed_in_a_cell_is_gone(kernel: Kernel) -> None:
    """N1: the cell of one class, run again without a column, takes the column away."""
    *quiet, last = kernel.run(USER, POST, POST_WITHOUT_BODY, COLUMNS)
    assert value(last) == "['id', 'title', 'author_id']"
    assert [cell.outputs for cell in quiet] == [[], [], []]


def test_cells_run_twice_and_out_of_order_say_nothing(kernel: Kernel) -> None:
    """N1: no warning and no error, and sessions work after it all."""
    order = [POST, USER, USER, POST_WITHOUT_BODY, POST, USER + POST, POST + USER, POST]
    *quiet, last = kernel.run(*order, SESSION)
    assert value(last) == "'Ada'"
    assert all(cell.outputs == [] for cell in quiet)


def test_a_cell_that_redefines_and_queries_works_when_run_twice(kernel: Kernel) -> None:
    """Models, tables and session may stand in one cell."""
    first, second = kernel.run(USER + POST + SESSION, USER + POST + SESSION)
    assert (value(first), value(second)) == ("'Ada'", "'Ada'")


def test_a_mistake_is_an_error_in_its_own_cell(kernel: Kernel) -> None:
    """N2: what does not fit is said once, at the end of the cell that says it."""
    cells = kernel.run(USER, POST, MISTAKE, COLUMNS)
    assert [len(errors(cell)) for cell in cells] == [0, 0, 1, 0]


def test_a_mistake_is_said_in_two_lines(kernel: Kernel) -> None:
    """N2: fact and cure, and no traceback."""
    error = errors(kernel.run(USER, POST, MISTAKE)[-1])[0]
    assert error.ename == "ModelError"
    assert error.evalue == f"{FACT} {CURE}"
    assert error.traceback == [f"ModelError: {FACT}", CURE]


def test_a_mistake_in_a_statement_is_said_in_two_lines_too(kernel: Kernel) -> None:
    """N2: an error that the class statement itself raises looks the same."""
    error = errors(kernel.run("class Part(Model, table=True):\n    name: str")[-1])[0]
    assert error.traceback[0] == "ModelError: Part has no primary key."
    assert len(error.traceback) == 2


def test_a_mistake_stops_the_notebook(kernel: Kernel) -> None:
    """N2: the cell counts as failed, so that nothing runs on."""
    with pytest.raises(CellExecutionError, match="has no relationship named articles"):
        kernel.run_until_error(USER, POST, MISTAKE)


def test_the_former_models_work_after_a_mistake(kernel: Kernel) -> None:
    """N2: the next cell uses the models as they were."""
    assert value(kernel.run(USER, POST, MISTAKE, SESSION)[-1]) == "'Ada'"


def test_a_mistake_beside_another_error_is_said_too(kernel: Kernel) -> None:
    """A cell that fails of its own says both what failed and what does not fit."""
    cell = kernel.run(USER, POST, MISTAKE + "\n1 / 0")[-1]
    assert [each.ename for each in errors(cell)] == ["ZeroDivisionError", "ModelError"]


def test_a_class_deleted_from_the_notebook_is_gone_once_forgotten(kernel: Kernel) -> None:
    """N3: forgetting takes the table away; the other cells go on working."""
    tables = 'models.forget("Post"); sorted(models.metadata.tables)'
    assert value(kernel.run(USER, POST, tables)[-1]) == "['users']"


def test_a_class_deleted_from_the_notebook_is_gone_after_a_fresh_run(kernel: Kernel) -> None:
    """N3: a new set, as a fresh run makes it, holds what its cells define."""
    cells = kernel.run(USER, POST, START, USER, "models, models.waiting")
    assert value(cells[-1]) == ("(ModelSet(User), ('User.posts waits for a class named Post',))")


def test_each_set_is_settled_once_for_each_cell(kernel: Kernel) -> None:
    """However often its cells are run, a set has one hook; one that nobody holds has none."""
    hooks = "len(get_ipython().events.callbacks['post_run_cell'])"
    forget = "del models, Model, User, Post; import gc; gc.collect();"
    before, *_, during, _, _, after = kernel.run(
        hooks, USER, POST, USER, hooks, forget, "1;", hooks
    )
    assert int(value(during)) == int(value(before)) + 1
    assert value(after) == value(before)

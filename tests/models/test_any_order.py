"""Cells in any order, with mistakes in between, never leave the models in pieces."""

from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import configure_mappers
from sqlmodel import Session, select

from schema_lab.errors import ModelError
from tests.models.conftest import POST, POST_WITHOUT_BODY, USER, Cells, empty_notebook
from tests.models.test_forms import ID
from tests.models.test_model_errors import MISTAKES

OTHER_SIDE = POST.replace('"posts")', '"articles")')
GOOD = [
    USER,
    POST,
    POST_WITHOUT_BODY,
    USER + POST,
    POST + USER,
    f"class Tag(Model, table=True):\n    {ID}\n",
    USER.replace("posts:", "articles:") + OTHER_SIDE,
    OTHER_SIDE,
    USER + 'ada = User(name="Ada")',
    'models.forget("User")',
    'models.forget("Post")',
]
CELLS = [*GOOD, *GOOD, *(mistake for mistake, _ in MISTAKES.values())]


def check(cells: Cells) -> None:
    """Fail unless every mapping works, and every name stands for the class in the set."""
    configure_mappers()
    for name in cells.models:
        assert vars(cells.module)[name] is cells.models[name]
    if any("a table named" in sentence for sentence in cells.models.waiting):
        return
    with Session(cells.engine()) as session:
        for name in cells.models:
            assert session.exec(select(cells.models[name])).all() == []


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.lists(st.sampled_from(CELLS), max_size=10))
def test_any_order_of_cells_leaves_usable_models(sources: list[str]) -> None:
    """N2: whatever was run, what the set holds can be queried, forgotten, and defined again."""
    with empty_notebook() as cells:
        for source in sources:
            with suppress(ModelError, NameError):
                cells.run(source)
            check(cells)
        for name in reversed(list(cells.models)):
            cells.models.forget(name)
        cells.run(USER + POST)
        assert cells["User"](posts=[cells["Post"]()]).posts

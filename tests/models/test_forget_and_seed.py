"""Classes leave a set, and a set starts from another."""

import re
from typing import Any

import pytest
from sqlmodel import Session, select

from schema_lab.errors import ModelError
from schema_lab.models import ModelSet
from tests.models.conftest import POST, USER, Cells, ddl
from tests.models.test_forms import FORMS, ID, PART

TAG = f"class Tag(Model, table=True):\n    {ID}\n"


def test_a_forgotten_class_leaves_no_table(cells: Cells) -> None:
    """N3: a class deleted from the notebook is gone from the models once forgotten."""
    cells.run(USER, POST, TAG)
    cells.models.forget("Tag")
    assert set(cells.models.metadata.tables) == {"users", "posts"}


def test_relationships_to_a_forgotten_class_wait(cells: Cells) -> None:
    """The classes that were related to it stay, and wait for a new definition."""
    cells.run(USER, POST)
    cells.models.forget("Post")
    assert cells.models.waiting == ("User.posts waits for a class named Post",)


def test_a_link_through_a_forgotten_class_waits(cells: Cells) -> None:
    """So does a relationship whose link table is gone."""
    cells.run(FORMS["a link table"])
    cells.models.forget("Link")
    assert "Part.boxes waits for a class named Link" in cells.models.waiting


def test_a_forgotten_class_may_be_defined_again(cells: Cells) -> None:
    """Forgetting is no ban."""
    cells.run(USER, POST)
    before = cells.ddl()
    cells.models.forget("Post")
    cells.run(POST)
    assert cells.ddl() == before


def test_a_renamed_class_takes_the_table_once_the_old_one_is_forgotten(cells: Cells) -> None:
    """The cure that the error names works."""
    renamed = POST.replace("class Post", "class Article")
    cells.run(POST)
    with pytest.raises(ModelError, match=re.escape('lab.forget("Post")')):
        cells.run(renamed)
    cells.models.forget("Post")
    cells.run(renamed)
    assert list(cells.models) == ["Article"]


def test_forgetting_an_unknown_class_lists_the_known_ones(cells: Cells) -> None:
    """A misspelt name is answered with the names there are."""
    cells.run(USER, POST)
    with pytest.raises(ModelError, match="The models are: User, Post"):
        cells.models.forget("Posts")


def test_a_base_class_is_not_forgotten_before_its_subclasses(cells: Cells) -> None:
    """Forgetting a class that others derive from is refused, and nothing changes."""
    cells.run(f"class Named(Model):\n    {ID}\n", "class Part(Named, table=True): ...")
    with pytest.raises(ModelError, match="derives from Named"):
        cells.models.forget("Named")
    assert list(cells.models) == ["Named", "Part"]


# A lambda sees the names of its own module, whichever set its class is built for.
SEEDS = {name: form for name, form in FORMS.items() if name != "lambdas in a relationship"}


@pytest.mark.parametrize("form", SEEDS.values(), ids=SEEDS.keys())
def test_a_seeded_set_has_the_same_tables(cells: Cells, form: str) -> None:
    """A set that starts from another has its tables."""
    cells.run(form)
    assert ddl(ModelSet(cells.models).metadata) == cells.ddl()


def test_a_seeded_set_is_independent(cells: Cells) -> None:
    """What one set forgets, the other keeps."""
    cells.run(USER, POST)
    ModelSet(cells.models).forget("Post")
    assert "posts" in cells.models.metadata.tables


def test_a_seeded_set_touches_no_names(cells: Cells) -> None:
    """The names in the module go on standing for the classes of the first set."""
    cells.run(USER, POST)
    former = cells["User"]
    ModelSet(cells.models)
    assert cells["User"] is former


def test_two_sets_work_side_by_side(cells: Cells) -> None:
    """Classes of the same names in two sets do not meet."""
    cells.run(USER, POST)
    other = ModelSet(cells.models)
    cells.run(POST)
    with Session(cells.engine()) as session:
        session.add(other["User"](name="Ada", posts=[other["Post"](title="a", body="b")]))
        session.commit()
        assert session.exec(select(cells["Post"])).one().author.name == "Ada"


def test_methods_of_a_seeded_set_are_its_own(cells: Cells) -> None:
    """`super()` works in both sets."""
    cells.run(PART)
    made: list[Any] = [
        models["Part"](name=" bolt ") for models in (cells.models, ModelSet(cells.models))
    ]
    assert [each.name for each in made] == ["bolt", "bolt"]


def test_a_seeded_class_may_be_redefined(cells: Cells) -> None:
    """A class statement over the new set replaces the class that came with the seed."""
    cells.run(USER, POST)
    vars(cells.module)["Model"] = (other := ModelSet(cells.models)).Model
    cells.run_open(POST.replace("body", "text"))
    assert "text" in other.metadata.tables["posts"].columns
    assert "body" in cells.columns("posts")

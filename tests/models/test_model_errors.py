"""A mistake is named with its class and attribute, and the former models stay usable."""

import re

import pytest
from sqlmodel import Session, select

from schema_lab.errors import ModelError, SchemaLabError
from tests.models.conftest import POST, POST_WITHOUT_BODY, USER, Cells
from tests.models.test_forms import ID

PART = "class Part(Model, table=True):\n    "
MISTAKES = {
    "no primary key": (f"{PART}name: str", "Part has no primary key."),
    "a type without a column": (f"{PART}{ID}\n    data: dict", "Part.data cannot be a column: "),
    "a type of one's own": (
        f"class Size: ...\n{PART}{ID}\n    size: Size",
        "Part.size cannot be a column: ",
    ),
    "a type that is not defined": (
        f"{PART}{ID}\n    size: 'Size'",
        "Part.size has a type that nothing defines.",
    ),
    "no Relationship()": (
        USER.replace(' = Relationship(back_populates="author")', ""),
        "User.posts cannot be a column: ",
    ),
    "a relationship without an annotation": (
        f"{PART}{ID}\n    owner = Relationship()",
        "Part.owner does not say which class it holds.",
    ),
    "a relationship in a set": (
        USER.replace("list[", "set["),
        "User.posts does not say which class it holds.",
    ),
    "a misspelt back_populates": (
        USER.replace('"author"', '"writer"'),
        "User.posts has back_populates='writer', but Post has no relationship named writer.",
    ),
    "a relationship to a class without a table": (
        f"class Size(Model):\n    width: int\n{PART}{ID}\n    size: 'Size' = Relationship()",
        "Part.size is a relationship to Size, which has no table.",
    ),
    "no foreign key": (
        POST.replace('= Field(foreign_key="users.id")', ""),
        "Post.author finds no foreign key between the two tables.",
    ),
    "two foreign keys": (
        f'{POST}    editor_id: int = Field(foreign_key="users.id")',
        "Post.author finds more than one foreign key.",
    ),
    "a foreign key to no column": (
        POST.replace("users.id", "users.number"),
        "Post.author_id has a foreign key to users.number, but there is no column number.",
    ),
    "a foreign key to no table": (
        POST.replace("users.id", "user.id"),
        "Post.author finds no foreign key between the two tables.",
    ),
    "a new class with the table of another": (
        f'{PART}__tablename__ = "users"\n    {ID}',
        "User and Part both have the table users.",
    ),
    "a redefined class with the table of another": (
        POST.replace('"posts"', '"users"', 1),
        "User and Post both have the table users.",
    ),
    "a class with a table as a base": (
        "class Part(User, table=True): ...",
        "Part derives from User, which has a table.",
    ),
    "a constraint on no column": (
        f"{PART}__table_args__ = (sa.UniqueConstraint('nope'),)\n    {ID}",
        "Part cannot be built: Can't create UniqueConstraint on table 'part'",
    ),
    "a lambda that fails": (
        POST.replace("users.id", "users.id").replace(
            'back_populates="posts"',
            'sa_relationship_kwargs={"primaryjoin": lambda: User.nope == 1}',
        ),
        "The relationships do not fit: AttributeError: nope.",
    ),
}
mistakes = pytest.mark.parametrize(("mistake", "fact"), MISTAKES.values(), ids=MISTAKES.keys())


@mistakes
def test_a_mistake_says_class_and_attribute(cells: Cells, mistake: str, fact: str) -> None:
    """The error's fact names what does not fit."""
    cells.run(USER, POST)
    with pytest.raises(ModelError, match=f"^{re.escape(fact)}"):
        cells.run(mistake)


@mistakes
def test_the_former_models_stay_usable(cells: Cells, mistake: str, fact: str) -> None:
    """N2: after a mistake the former tables, classes and relationships are there."""
    cells.run(USER, POST)
    before = cells.ddl()
    with pytest.raises(ModelError):
        cells.run(mistake)
    assert cells.ddl() == before
    with Session(cells.engine()) as session:
        session.add(cells["User"](name="Ada", posts=[cells["Post"](title="a", body="b")]))
        session.commit()
        assert session.exec(select(cells["Post"])).one().author.name == "Ada"


@mistakes
def test_the_cell_can_be_corrected(cells: Cells, mistake: str, fact: str) -> None:
    """Running the right cells after a mistake needs no restart."""
    cells.run(USER, POST)
    before = cells.ddl()
    with pytest.raises(ModelError):
        cells.run(mistake)
    cells.run(POST, USER)
    assert cells.ddl() == before


def test_a_mistake_in_a_new_class_leaves_objects_alone(cells: Cells) -> None:
    """A wrong type in a further class does not touch the objects that exist."""
    cells.run(USER, POST)
    ada = cells["User"](name="Ada")
    with pytest.raises(ModelError):
        cells.run(MISTAKES["a type without a column"][0])
    with Session(cells.engine()) as session:
        session.add(ada)
        session.commit()
        assert ada.id == 1


def test_two_mistakes_in_one_cell_leave_the_former_models(cells: Cells) -> None:
    """N2: a class that cannot be mapped, beside a relationship that does not fit."""
    cells.run(USER, POST)
    with pytest.raises(ModelError, match="no primary key"):
        cells.run_open(MISTAKES["no primary key"][0])
    with pytest.raises(ModelError, match="more than one foreign key"):
        cells.run(MISTAKES["two foreign keys"][0])
    assert cells["User"](posts=[cells["Post"]()]).posts


def test_a_class_with_the_table_of_a_bare_table_says_so(cells: Cells) -> None:
    """A Table without a class holds its name too."""
    cells.run_open('sa.Table("part", Model.metadata, sa.Column("id", sa.Integer))')
    with pytest.raises(
        ModelError, match="Part has the table part, which already exists without a class"
    ):
        cells.run(PART + ID)


def test_two_modules_cannot_define_the_same_class(cells: Cells) -> None:
    """A second class of the same name does not silently take the table of the first away."""
    cells.run(USER, POST)
    with pytest.raises(ModelError, match="cells_of_a_test and billing"):
        cells.run(f'__name__ = "billing"{POST}')
    assert "posts" in cells.models.metadata.tables


def test_a_notebook_may_redefine_the_class_of_a_module(cells: Cells) -> None:
    """The notebook is where classes are meant to be redefined."""
    cells.run(USER, POST, f'__name__ = "__main__"{POST_WITHOUT_BODY}')
    assert "body" not in cells.columns("posts")


def test_names_go_back_to_the_former_classes(cells: Cells) -> None:
    """After a mistake the name stands for the class that is in use again."""
    cells.run(USER, POST)
    former = cells["Post"]
    with pytest.raises(ModelError):
        cells.run(MISTAKES["two foreign keys"][0])
    assert cells["Post"] is former


def test_a_mistake_in_the_first_cell_leaves_no_models(cells: Cells) -> None:
    """With nothing to go back to, the set is empty."""
    with pytest.raises(ModelError):
        cells.run(USER + POST.replace('"posts")', '"articles")'))
    assert list(cells.models) == []


def test_every_fact_and_cure_is_a_sentence(cells: Cells) -> None:
    """Fact and cure end with a full stop and hold no link or line break."""
    for mistake, _ in MISTAKES.values():
        with pytest.raises(ModelError) as caught:
            cells.run(USER, POST, mistake)
        assert caught.value.fact.endswith(".")
        assert "\n" not in str(caught.value)
        assert "http" not in str(caught.value)


def test_a_class_from_a_lost_definition_says_so(cells: Cells) -> None:
    """A class whose statement was undone makes no objects."""
    cells.run(USER, POST)
    with pytest.raises(ModelError):
        cells.run(f"{PART}{ID}\n{MISTAKES['two foreign keys'][0]}")
    with pytest.raises(ModelError, match="Part is no longer among the models"):
        cells["Part"]()


def test_an_unknown_model_is_named_with_the_known_ones(cells: Cells) -> None:
    """Asking for a model that is not there lists those that are."""
    cells.run(USER, POST)
    with pytest.raises(ModelError, match=r"no model named Nope\. The models are: User, Post"):
        cells.models["Nope"]


def test_ipython_shows_fact_and_cure_alone() -> None:
    """The error brings its own short form for a notebook."""
    error = SchemaLabError("It is late.", "Go to bed.")
    assert error._render_traceback_() == ["SchemaLabError: It is late.", "Go to bed."]

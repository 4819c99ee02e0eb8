"""Models that are not on `lab.Model`: they are noticed, handed in, or pointed to."""

import sys
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlmodel import SQLModel

from schema_lab import Field, Lab, Relationship
from schema_lab.errors import HistoryError
from tests.lab.foreign import Made

SQLITE = pytest.mark.parametrize("dialect", ["sqlite"])
HERO = """
from sqlmodel import Field, SQLModel

class {name}(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
"""
TREE = """
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

class Base(DeclarativeBase):
    pass

class Tree(Base):
    __tablename__ = "tree"
    id: Mapped[int] = mapped_column(primary_key=True)
"""
AUTHOR = """
from sqlmodel import Field, SQLModel
import sqlalchemy as sa

class Base(SQLModel):
    metadata = sa.MetaData()

class Author(Base, table=True):
    id: int | None = Field(default=None, primary_key=True)
    name: str
"""


@pytest.fixture
def hero() -> Iterator[type[Any]]:
    """Run the cell of a class on SQLModel itself, as a notebook does."""
    name = f"Hero{uuid.uuid4().hex[:8]}"  # SQLModel's registry keeps the name of each class
    names: dict[str, Any] = {"__name__": "__main__"}
    exec(HERO.format(name=name), names)  # noqa: S102 - as a kernel runs a cell
    yield names[name]
    SQLModel.metadata.remove(names[name].__table__)


@pytest.fixture
def library(make: Made, database_url: str) -> Lab:
    """Open the lab on a project that has authors in the database."""
    shop = make()
    (shop.root / f"{shop.module}.py").write_text(AUTHOR)
    lab = shop.lab(database_url)
    lab.autogenerate("Create authors").write()
    lab.upgrade()
    return lab


def sentences(lab: Lab) -> list[str]:
    """Give the sentences of the drift."""
    return [str(operation) for operation in lab.drift()]


def test_a_class_on_sqlmodel_itself_is_noticed(hero: type[Any]) -> None:
    """The drift says what to do with a class of a cell that nobody compares."""
    lab = Lab.scratch()
    (note,) = lab.drift().notes
    name = hero.__name__
    assert note.startswith(f"{name} is not one of the lab's models: derive it from `lab.Model`,")
    assert name in repr(lab.drift())


def test_a_class_on_a_base_of_sqlalchemy_is_noticed() -> None:
    """The collection of its base is named, with which a lab could be opened."""
    names: dict[str, Any] = {"__name__": "__main__"}
    exec(TREE, names)  # noqa: S102 - as a kernel runs a cell
    note = "derive it from `lab.Model`, or open the lab with `Lab(metadata=Base.metadata)`"
    assert Lab.scratch().drift().notes == (f"Tree is not one of the lab's models: {note}",)
    assert Lab.scratch(metadata=names["Base"].metadata).drift().notes == ()
    names["Base"].metadata.clear()


MOOD = """
import enum

class Mood(enum.Enum):
    good = "good"
"""
CAT = """
from schema_lab import Field

class Cat(lab.Model, table=True):
    id: int | None = Field(default=None, primary_key=True)
    mood: Mood
"""


def test_an_enum_whose_cell_alone_runs_again_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The model keeps the enum of before, and the drift names the cell that has to run."""
    lab, notebook = Lab.scratch(), vars(sys.modules["__main__"])
    for name in ("enum", "Field", "lab", "Mood", "Cat"):
        monkeypatch.setitem(notebook, name, lab)
    for cell in (MOOD, CAT):
        exec(cell, notebook)  # noqa: S102 - as a kernel runs a cell
    assert lab.drift().notes == ()
    before = lab.trace()
    exec(MOOD, notebook)  # noqa: S102 - as above
    (note,) = lab.drift().notes
    assert note.startswith("Mood was defined again after Cat: run the cell of Cat again")
    assert lab.trace() != before
    exec(CAT, notebook)  # noqa: S102 - as above
    assert lab.drift().notes == ()


def test_models_on_sqlmodel_are_handed_in(hero: type[Any]) -> None:
    """With `metadata=SQLModel.metadata`, such a class is one of the models, without a note."""
    lab = Lab.scratch(metadata=SQLModel.metadata)
    assert sentences(lab) == [f"+ create table {hero.__name__.lower()}"]
    assert lab.drift().notes == ()


def _declared() -> sa.MetaData:
    class Base(DeclarativeBase):
        pass

    class Tree(Base):
        __tablename__ = "tree"
        id: Mapped[int] = mapped_column(primary_key=True)

    return Base.metadata


def _core() -> sa.MetaData:
    return sa.Table("tree", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True)).metadata


@pytest.mark.parametrize("models", [_declared, _core])
def test_any_metadata_is_handed_in(
    make: Made, database_url: str, models: Callable[[], sa.MetaData]
) -> None:
    """Models of SQLAlchemy take the place of those that env.py names, and are migrated."""
    lab = Lab(database_url, config=make().root, metadata=models())

    class Leaf(lab.Model, table=True):  # type: ignore[name-defined, misc, call-arg]
        id: int | None = Field(default=None, primary_key=True)
        tree_id: int = Field(foreign_key="tree.id")

    assert sentences(lab) == ["+ create table tree", "+ create table leaf"]
    lab.autogenerate("Grow").write()
    lab.upgrade()
    assert sentences(lab) == []


@SQLITE
def test_a_file_of_models_that_were_handed_in_is_named_after_an_edit(
    make: Made, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a program has imported cannot be read again, so that nothing is compared."""
    shop = make()
    monkeypatch.syspath_prepend(shop.root)
    base = getattr(__import__(shop.module), "Base")  # noqa: B009 - a module made by the test
    lab = Lab(database_url, config=shop.root, metadata=base.metadata)
    assert sentences(lab) == ["+ create table products"]
    path = shop.root / f"{shop.module}.py"
    path.write_text(f"{path.read_text()}    kind: Mapped[int]\n")
    with pytest.raises(HistoryError, match=rf"{shop.module}\.py changed"):
        lab.drift()


def test_a_notebook_class_points_to_the_projects(library: Lab) -> None:
    """A foreign key and a relationship find the project's table and class, also in a session."""

    class Book(library.Model, table=True):  # type: ignore[name-defined, misc, call-arg]
        id: int | None = Field(default=None, primary_key=True)
        author_id: int = Field(foreign_key="author.id")
        author: "Author" = Relationship()  # type: ignore[name-defined]  # noqa: F821

    assert library.models.waiting == ()
    assert sentences(library) == ["+ create table book"]
    library.autogenerate("Create books").write()
    library.upgrade()
    author = next(each for name, each in _classes() if name == "Author")
    with Session(library.engine) as session:
        session.add(library.models["Book"](author=author(name="Ann")))
        session.commit()
        book: Any = session.scalars(sa.select(library.models["Book"])).one()
        assert book.author.name == "Ann"


def _classes() -> list[tuple[str, Any]]:
    module = next(module for name, module in sys.modules.items() if name.startswith("shop_"))
    return list(vars(module).items())


@SQLITE
def test_a_class_takes_the_place_of_the_projects(library: Lab) -> None:
    """A class with the project's table replaces it; once it is forgotten, the project's is back."""

    class Writer(library.Model, table=True):  # type: ignore[name-defined, misc, call-arg]
        __tablename__ = "author"
        id: int | None = Field(default=None, primary_key=True)
        name: str
        city: str | None = None

    class Book(library.Model, table=True):  # type: ignore[name-defined, misc, call-arg]
        id: int | None = Field(default=None, primary_key=True)
        author_id: int = Field(foreign_key="author.id")
        writer: Writer = Relationship()

    assert [said.split(" VARCHAR")[0] for said in sentences(library)] == [
        "+ create table book",
        "+ add column author.city",
    ]
    library.forget("Book")
    library.forget("Writer")
    assert sentences(library) == []

    class Novel(library.Model, table=True):  # type: ignore[name-defined, misc, call-arg]
        id: int | None = Field(default=None, primary_key=True)
        author_id: int = Field(foreign_key="author.id")

    assert library.models.waiting == ()


@SQLITE
def test_a_foreign_key_to_a_column_that_the_project_lacks_is_refused(library: Lab) -> None:
    """The columns of the project's table are named."""

    class Book(library.Model, table=True):  # type: ignore[name-defined, misc, call-arg]
        id: int | None = Field(default=None, primary_key=True)
        author_id: int = Field(foreign_key="author.number")

    with pytest.raises(Exception, match=r"author\.number, but there is no column number"):
        library.models.settle()


def test_creating_nothing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """`SQLModel.metadata.create_all` warns when all models are on `lab.Model`."""
    lab = Lab.scratch()

    class Team(lab.Model, table=True):  # type: ignore[name-defined, misc, call-arg]
        id: int | None = Field(default=None, primary_key=True)

    tables = dict(SQLModel.metadata.tables)
    for table in tables.values():
        SQLModel.metadata.remove(table)
    with pytest.warns(UserWarning, match=r"lab\.Model\.metadata\.create_all"):
        SQLModel.metadata.create_all(lab.engine)
    lab.Model.metadata.create_all(lab.engine)
    assert list(lab.tables()["table"]) == ["team"]
    assert tables == {}

"""An open lab sees what is edited in the files of a project's models, or says which file it is."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from schema_lab import Field, Lab
from schema_lab.errors import HistoryError
from tests.lab.foreign import Foreign, Made

SQLITE = pytest.mark.parametrize("dialect", ["sqlite"])
RICH = """
import enum
import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator, UserDefinedType


class Base(DeclarativeBase):
    metadata = sa.MetaData(naming_convention={"ix": "ix_%(column_0_label)s"})


class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Email(TypeDecorator):
    impl = sa.String
    cache_ok = True


class Money(sa.Numeric):
    pass


class Point(UserDefinedType):
    cache_ok = True

    def get_col_spec(self, **options):
        return "VARCHAR(40)"


def new_code():
    return uuid.uuid4().hex


class Product(Base):
    __tablename__ = "products"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(Email(80), index=True)
    color: Mapped[Color] = mapped_column(
        sa.Enum(Color, values_callable=lambda kind: [each.value for each in kind], name="color")
    )
    price: Mapped[int] = mapped_column(Money(8, 2), server_default="0")
    place: Mapped[str] = mapped_column(Point())
    code: Mapped[str] = mapped_column(sa.String(32), default=new_code)
    made: Mapped[datetime] = mapped_column(default=datetime.now)
    parent: Mapped[int | None] = mapped_column(sa.ForeignKey("products.id"))
    __table_args__ = (sa.CheckConstraint("price >= 0", name="ck_price"),)
"""
"""Models with types, an enum and functions of the project's own."""


def edit(shop: Foreign, change: Callable[[str], str]) -> None:
    """Change the file of the models, as an editor does."""
    path = shop.root / f"{shop.module}.py"
    path.write_text(change(path.read_text()))


def with_column(name: str) -> Callable[[str], str]:
    """Give a change that adds a column to the model."""
    return lambda text: f"{text}    {name}: Mapped[int | None] = mapped_column()\n"


@pytest.fixture
def lab(make: Made, database_url: str) -> tuple[Foreign, Lab]:
    """Open the lab on a project whose table is in the database."""
    shop = make()
    lab = shop.lab(database_url)
    lab.autogenerate("Create products").write()
    lab.upgrade()
    return shop, lab


def operations(lab: Lab) -> list[str]:
    """Give the sentences of the drift, without types."""
    return [operation.sentence.split(" ")[2] for operation in lab.drift()]


def test_an_edit_is_seen_by_the_next_look(lab: tuple[Foreign, Lab]) -> None:
    """Two edits within one second are each seen by drift, autogenerate and status."""
    shop, opened = lab
    assert operations(opened) == []
    edit(shop, with_column("kind"))
    assert operations(opened) == ["products.kind"]
    edit(shop, lambda text: text.replace("kind", "sort"))
    assert operations(opened) == ["products.sort"]
    assert "products.sort" in repr(opened.drift(full=True))
    assert "sort" in opened.autogenerate("Sort").upgrade_code
    assert opened.status().drift
    edit(shop, lambda text: text[: text.rindex("    sort")])
    assert operations(opened) == []


@SQLITE
def test_an_edit_is_seen_however_long_the_search_path_is(
    lab: tuple[Foreign, Lab], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A `sys.path` that is too long for a command line reaches the new interpreter."""
    shop, opened = lab
    monkeypatch.setattr(sys, "path", [*sys.path, *(f"/no/{'x' * 60}/{n}" for n in range(4000))])
    edit(shop, with_column("weight"))
    assert any("weight" in operation for operation in operations(opened))


@SQLITE
def test_a_file_that_cannot_be_read_is_named(lab: tuple[Foreign, Lab]) -> None:
    """A mistake in the file refuses the comparison with its name; then the fixed file counts."""
    shop, opened = lab
    edit(shop, lambda text: f"{text}    kind: Mapped[\n")
    with pytest.raises(HistoryError, match=rf"{shop.module}\.py changed, and .* line 15"):
        opened.drift()
    with pytest.raises(HistoryError, match=rf"{shop.module}\.py"):
        opened.autogenerate("Kind")
    status = opened.status()
    assert status.drift is None
    assert f"{shop.module}.py" in status.problem
    edit(shop, lambda text: text.replace("Mapped[\n", "Mapped[int | None] = mapped_column()\n"))
    assert operations(opened) == ["products.kind"]


@SQLITE
def test_refresh_on_the_panel_sees_an_edit(lab: tuple[Foreign, Lab]) -> None:
    """The panel shows the new column, and the name of a file that cannot be read."""
    shop, opened = lab
    panel = opened.panel()
    edit(shop, with_column("kind"))
    panel.refresh()
    assert "products.kind" in panel.drift_box.value
    edit(shop, lambda text: f"{text}    sort: Mapped[\n")
    panel.refresh()
    assert f"{shop.module}.py" in "".join(str(getattr(box, "value", "")) for box in _boxes(panel))


def _boxes(box: Any) -> Iterator[Any]:
    yield box
    for child in getattr(box, "children", ()):
        yield from _boxes(child)


@SQLITE
def test_a_lab_that_is_opened_after_an_edit_sees_it(
    lab: tuple[Foreign, Lab], database_url: str
) -> None:
    """What this process has imported before the edit is not taken for the models of now."""
    shop, _ = lab
    edit(shop, with_column("kind"))
    assert operations(shop.lab(database_url)) == ["products.kind"]


@SQLITE
def test_a_new_module_of_a_package_is_seen(make: Made, database_url: str) -> None:
    """A package that imports all of its modules has one more table when it has one more file."""
    shop = make()
    package = shop.root / f"{shop.module}_all"
    package.mkdir()
    (package / "__init__.py").write_text(
        "import importlib, pkgutil\nimport sqlalchemy as sa\n\nmetadata = sa.MetaData()\n"
        "for found in pkgutil.iter_modules(__path__):\n"
        "    importlib.import_module(f'{__name__}.{found.name}')\n"
    )
    shop.edit(
        "migrations/env.py", shop.target, f"from {package.name} import metadata as target_metadata"
    )
    opened = shop.lab(database_url)
    assert operations(opened) == []
    for name in ("apples", "pears"):
        (package / f"{name}.py").write_text(
            f"import sqlalchemy as sa\nfrom {package.name} import metadata\n"
            f"sa.Table({name!r}, metadata, sa.Column('id', sa.Integer, primary_key=True))\n"
        )
        assert name in operations(opened)


@SQLITE
def test_types_of_the_project_are_written_as_alembic_writes_them(
    make: Made, database_url: str
) -> None:
    """With models that were read again, the script is the one of `alembic revision`."""
    shop = make()
    opened = shop.lab(database_url)
    edit(shop, lambda text: RICH)
    candidate = opened.autogenerate("Create products")
    shop.edit("alembic.ini", "sqlite:///shop.db", database_url)
    command = [sys.executable, "-m", "alembic", "revision", "--autogenerate", "-m", "Plain"]
    subprocess.run(command, cwd=shop.root, capture_output=True, check=True)
    (script,) = (shop.root / "migrations" / "versions").glob("*_plain.py")
    body = script.read_text().partition("def upgrade")[2].partition("# ### end")[0]
    written = [line.strip() for line in body.splitlines() if "sa." in line or shop.module in line]
    assert len(written) >= 9
    assert [line for line in written if line not in candidate.upgrade_code] == []


@SQLITE
def test_a_hook_from_an_edited_file_is_refused(make: Made, database_url: str) -> None:
    """An include_object that this process has imported before the edit would decide wrongly."""
    shop = make()
    edit(shop, lambda text: f"{text}\n\nHIDDEN = ['legacy']\n")
    hook = f"from {shop.module} import HIDDEN\ndef shown(item, name, *rest):\n"
    shop.edit(
        "migrations/env.py", shop.target, f"{shop.target}\n{hook}    return name not in HIDDEN\n"
    )
    shop.edit(
        "migrations/env.py",
        "target_metadata=target_metadata",
        "include_object=shown, \\\n            target_metadata=target_metadata",
    )
    opened = shop.lab(database_url)
    assert operations(opened) == ["products"]
    edit(shop, lambda text: text.replace("legacy", "products"))
    with pytest.raises(HistoryError, match=f"include_object uses {shop.module}") as caught:
        opened.drift()
    assert "Restart the kernel" in caught.value.cure


SEED = """
from sqlmodel import Field
from schema_lab.models import ModelSet

Base = ModelSet().Model


class Shelf(Base, table=True):
    id: int | None = Field(default=None, primary_key=True)


class Book(Base, table=True):
    id: int | None = Field(default=None, primary_key=True)
    shelf_id: int | None = Field(foreign_key="shelf.id")
"""


@SQLITE
def test_classes_that_the_lab_took_over_follow_their_file(make: Made, database_url: str) -> None:
    """A class of the file has its new columns; one that the notebook redefines keeps its own."""
    shop = make()
    edit(shop, lambda text: SEED)
    opened = shop.lab(database_url)
    opened.autogenerate("Create both").write()
    opened.upgrade()

    class Shelf(opened.Model, table=True):  # type: ignore[name-defined, misc, call-arg]
        id: int | None = Field(default=None, primary_key=True)
        room: str | None = None

    edit(shop, lambda text: f"{text}    title: str | None = None\n")
    assert sorted(operations(opened)) == ["book.title", "shelf.room"]
    opened.forget("Shelf")
    opened.forget("Book")
    assert [operation.symbol for operation in opened.drift()] == ["-", "-"]

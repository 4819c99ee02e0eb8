"""A notebook without a kernel: cells are texts, run one after another in one module."""

import sys
import types
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from textwrap import dedent
from types import ModuleType
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import registry
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlmodel import SQLModel

from schema_lab.models import NAMING_CONVENTION, Field, ModelSet, Relationship
from tests.support.engines import engine_of

USER = """
class User(Model, table=True):
    __tablename__ = "users"
    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=50)
    posts: list["Post"] = Relationship(back_populates="author")
"""
POST = """
class Post(Model, table=True):
    __tablename__ = "posts"
    id: int | None = Field(default=None, primary_key=True)
    title: str
    body: str
    author_id: int = Field(foreign_key="users.id")
    author: "User" = Relationship(back_populates="posts")
"""
POST_WITHOUT_BODY = POST.replace("    body: str\n", "")


class Cells:
    """A set of models, and the module in which cells define its classes."""

    def __init__(self, module: ModuleType) -> None:
        self.models = ModelSet()
        self.module = module
        self.engines = ExitStack()
        names = {"Model": self.models.Model, "models": self.models, "Field": Field}
        vars(module).update(names, Relationship=Relationship, sa=sa)

    def run(self, *sources: str) -> None:
        """Run cells; the models are settled at the end of each, as in a notebook."""
        for source in sources:
            self.run_open(source)
            self.models.settle()

    def run_open(self, source: str) -> None:
        """Run a cell and stop before its end."""
        exec(compile(dedent(source), "<cell>", "exec"), vars(self.module))  # noqa: S102

    def __getitem__(self, name: str) -> Any:
        return vars(self.module)[name]

    def columns(self, table: str) -> list[str]:
        """The columns of a table, as the metadata has them."""
        return self.models.metadata.tables[table].columns.keys()

    def ddl(self) -> list[str]:
        """The lines that would create all tables and indexes."""
        return ddl(self.models.metadata)

    def engine(self) -> sa.Engine:
        """An SQLite database in memory with the tables of the models."""
        engine = self.engines.enter_context(engine_of(poolclass=sa.StaticPool))
        self.models.metadata.create_all(engine)
        return engine


def ddl(metadata: sa.MetaData) -> list[str]:
    """Give the lines that create all tables and indexes, constraints in alphabetical order."""
    tables = metadata.sorted_tables
    indexes = sorted((each for table in tables for each in table.indexes), key=str)
    statements = [*map(CreateTable, tables), *map(CreateIndex, indexes)]
    lines = [line.rstrip(", ") for each in statements for line in str(each).splitlines()]
    constraints = [line for line in lines if "CONSTRAINT" in line]
    return [line for line in lines if line not in constraints] + sorted(constraints)


def plain_ddl(module: ModuleType, source: str) -> list[str]:
    """Run a cell over a plain SQLModel base, and give what it makes."""
    base = registry(metadata=sa.MetaData(naming_convention=NAMING_CONVENTION))
    vars(module)["Model"] = types.new_class("Base", (SQLModel,), {"registry": base})
    exec(compile(dedent(source), "<cell>", "exec"), vars(module))  # noqa: S102
    lines = ddl(base.metadata)
    base.dispose()
    return lines


@contextmanager
def empty_notebook() -> Iterator[Cells]:
    """Give an empty notebook whose names are a module of their own."""
    module = sys.modules["cells_of_a_test"] = ModuleType("cells_of_a_test")
    cells = Cells(module)
    try:
        with cells.engines:
            yield cells
    finally:
        del sys.modules["cells_of_a_test"]
        vars(module).clear()


@pytest.fixture
def cells() -> Iterator[Cells]:
    """Give an empty notebook."""
    with empty_notebook() as cells:
        yield cells

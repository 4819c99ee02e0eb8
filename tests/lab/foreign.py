"""Alembic projects that know nothing of the lab: made by `alembic init`, with plain models."""

import shutil
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config

from schema_lab import Lab

MODELS = """
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Product(Base):
    __tablename__ = "products"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(sa.String(80))
"""


@dataclass(frozen=True)
class Foreign:
    """A foreign project: its folder, and the module that holds its models."""

    root: Path
    module: str

    @classmethod
    def made(cls, root: Path, template: str = "generic") -> "Foreign":
        """Run `alembic init`, write models, and name them in env.py as Alembic's tutorial does."""
        root.mkdir()
        module = f"shop_{uuid.uuid4().hex[:8]}"
        config = Config(root / "alembic.ini", root / "pyproject.toml")
        with redirect_stdout(StringIO()):
            command.init(config, str(root / "migrations"), template)
        (root / f"{module}.py").write_text(MODELS)
        made = cls(root, module)
        empty = "{}" if template == "multidb" else "None"
        made.edit("migrations/env.py", f"target_metadata = {empty}", made.target)
        made.edit("alembic.ini", "driver://user:pass@localhost/dbname", "sqlite:///shop.db")
        return made

    @property
    def target(self) -> str:
        """The line of env.py that names the models."""
        return f"from {self.module} import Base\ntarget_metadata = Base.metadata"

    def edit(self, name: str, before: str, after: str) -> None:
        """Replace a piece of a file that has to be there."""
        path = self.root / name
        text = path.read_text()
        assert before in text
        path.write_text(text.replace(before, after))

    def add(self, line: str, class_name: str = "Product") -> None:
        """Write one more line into a model, as an editor would, and forget what was imported."""
        path = self.root / f"{self.module}.py"
        path.write_text(f"{path.read_text()}    {line}\n")
        sys.modules.pop(self.module, None)

    def lab(self, url: str) -> Lab:
        """Open the lab on this project and a database."""
        return Lab(url, config=self.root)


Made = Callable[..., Foreign]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Made]:
    """Give a function that makes a foreign project; what it left in the process is removed."""
    path, modules = list(sys.path), set(sys.modules)
    yield lambda template="generic": Foreign.made(tmp_path / "shop", template)
    sys.path[:] = path
    for name in set(sys.modules) - modules:
        if name.startswith("shop_"):
            del sys.modules[name]
    shutil.rmtree(tmp_path / "shop", ignore_errors=True)

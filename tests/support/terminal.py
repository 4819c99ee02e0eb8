"""A copy of this project and the shell in which somebody types commands there."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config

import examples.models
from schema_lab import Lab
from tests.support.programs import Result, ran

REPOSITORY = Path(__file__).parents[2]
SHIPPED = Path(examples.models.__file__)
"""The project's models, imported here before a copy of the project could be."""
FIRST, HEAD = "46bc17193f0f", "d12031e82873"
"""The project's two revisions: the tables, then the onboarding fields."""


@dataclass(frozen=True)
class Terminal:
    """The root of a project's copy, and the database that DATABASE_URL names there."""

    root: Path
    url: str

    @classmethod
    def on_a_copy(cls, folder: Path, url: str, *, with_models: bool = False) -> "Terminal":
        """Copy the project into a new folder; with its models, they can be edited there."""
        folder.mkdir()
        shutil.copy2(REPOSITORY / "alembic.ini", folder)
        names = ("alembic", "scripts", *(["examples"] if with_models else []))
        for name in names:
            shutil.copytree(REPOSITORY / name, folder / name)
        return cls(folder, url)

    def alembic(self, *arguments: str) -> Result:
        """Run `alembic …`."""
        if self.models.exists():  # the copy's own models have to be imported anew
            return self.run(str(Path(sys.executable).with_name("alembic")), *arguments)
        return ran(["alembic", *arguments], self.root, self.environment)

    def python(self, *arguments: str) -> Result:
        """Run `python …`."""
        if self.models.exists():
            return self.run(sys.executable, *arguments)
        return ran(["python", *arguments], self.root, self.environment)

    def run(self, *words: str, folder: str = ".") -> Result:
        """Run a program in the project's root, or in a folder below."""
        return subprocess.run(
            words,
            cwd=self.root / folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    @property
    def environment(self) -> dict[str, str]:
        """The environment of the shell."""
        path = [str(REPOSITORY), *filter(None, [os.environ.get("PYTHONPATH")])]
        return {**os.environ, "DATABASE_URL": self.url, "PYTHONPATH": os.pathsep.join(path)}

    @property
    def models(self) -> Path:
        """The module with the models, where it was copied too."""
        return self.root / "examples" / "models.py"

    @property
    def versions(self) -> Path:
        """The folder with the revision files."""
        return self.root / "alembic" / "versions"

    def scripts(self) -> set[str]:
        """List the names of the revision files."""
        return {path.name for path in self.versions.glob("*.py")}

    def lab(self) -> Lab:
        """Open the lab on the same project and database, in this process."""
        return Lab(self.url, config=self.root)

    def config(self) -> Config:
        """Give Alembic's configuration, for what only its own functions can arrange."""
        return Config(self.root / "alembic.ini")

    def branch(self, name: str, revision: str = "0a0a0a0a0a0a", parent: str = FIRST) -> str:
        """Write an empty revision beside the one that follows `parent`: a second head."""
        command.revision(self.config(), name, head=parent, splice=True, rev_id=revision)
        return revision


def succeeded(result: Result) -> bool:
    """Say whether a command ended well; a failure shows what it printed."""
    assert result.returncode == 0, result.stdout + result.stderr
    return True


def failed(result: Result) -> bool:
    """Say whether a command ended with an error that a person can read."""
    assert result.returncode != 0, result.stdout + result.stderr
    assert "Traceback" not in result.stderr, result.stderr
    return True

"""Do damage for real, run every verb over it, and collect what they say."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.util import CommandError

from schema_lab import Lab
from schema_lab.database.connections.engines import engine_for
from schema_lab.database.urls import resolve
from schema_lab.errors import SchemaLabError
from schema_lab.history import Project
from tests.support.dump import Dump, schema_dump

FIRST, SECOND = "46bc17193f0f", "d12031e82873"
"""The project's revisions: the tables, then two columns more."""

VERBS: dict[str, Callable[[Lab], Any]] = {
    "status": lambda lab: lab.status(),
    "history": lambda lab: lab.history(),
    "current": lambda lab: lab.current(),
    "heads": lambda lab: lab.heads(),
    "drift": lambda lab: lab.drift(),
    "autogenerate": lambda lab: lab.autogenerate("Anything"),
    "upgrade": lambda lab: lab.upgrade(),
    "downgrade": lambda lab: lab.downgrade("-1"),
    "revision": lambda lab: lab.revision("Anything"),
    "merge": lambda lab: lab.merge("Anything", FIRST, SECOND),
    "stamp": lambda lab: lab.stamp("head"),
}

SCRIPT = '''"""{message}"""

import sqlalchemy as sa
from alembic import op

revision = {revision!r}
down_revision = {down!r}
branch_labels = None
depends_on = None


def upgrade() -> None:
    {upgrade}


def downgrade() -> None:
    {downgrade}
'''


@dataclass(frozen=True)
class Place:
    """A project and its database."""

    project: Path
    url: str

    @property
    def lab(self) -> Lab:
        """A lab that has seen nothing of the place before."""
        return Lab(self.url, config=self.project)

    @property
    def versions(self) -> Path:
        """The folder of the revision files."""
        return self.project / "alembic" / "versions"

    def file(self, revision: str) -> Path:
        """Give the file of a revision."""
        return next(self.versions.glob(f"{revision}_*.py"))

    def dump(self) -> Dump:
        """Read the whole database."""
        return schema_dump(self.url)

    def execute(self, *statements: str) -> None:
        """Run SQL by hand, past the lab."""
        with engine_for(resolve(self.url)).begin() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Read rows by hand, past the lab."""
        with engine_for(resolve(self.url)).connect() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(query)]

    def write(
        self,
        revision: str,
        down: str | None,
        *,
        name: str = "new",
        upgrade: str = "pass",
        downgrade: str = "pass",
    ) -> Path:
        """Write a revision file by hand, past the lab."""
        path = self.versions / f"{revision}_{name}.py"
        text = SCRIPT.format(
            message=name, revision=revision, down=down, upgrade=upgrade, downgrade=downgrade
        )
        path.write_text(text, encoding="utf-8")
        return path


def errors(lab: Lab, *verbs: str) -> dict[str, str]:
    """Run verbs and give what those say that refuse: a fact and a cure, or the test ends."""
    said: dict[str, SchemaLabError] = {}
    for verb in verbs or VERBS:
        try:
            VERBS[verb](lab)
        except SchemaLabError as error:
            said[verb] = error
    assert all(one.fact.endswith(".") and one.cure.endswith((".", ";")) for one in said.values())
    return {verb: str(error) for verb, error in said.items()}


def alembic(place: Place, name: str, *arguments: Any, **options: Any) -> str:
    """Run one of Alembic's own commands through env.py, as the command line does.

    Gives what it refuses with, "" when it does not.
    """
    config = Project.at(place.project).config()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", place.url)
        patch.setattr(sys, "path", list(sys.path))
        try:
            getattr(command, name)(config, *arguments, **options)
        except CommandError as error:
            return str(error)
    return ""


def tables(url: str) -> set[str]:
    """List the tables of a database."""
    return set(sa.inspect(engine_for(resolve(url))).get_table_names())

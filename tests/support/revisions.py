"""A small Alembic project whose revisions a test writes line by line."""

import shutil
import textwrap
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from schema_lab import Lab
from schema_lab.database.connections.engines import engine_for
from schema_lab.scratch.project import scratch_project
from tests.support.dump import Dump, schema_dump
from tests.support.labs import to_lose
from tests.support.processes import Running, start
from tests.support.programs import Result
from tests.support.terminal import Terminal

REPOSITORY = Path(__file__).parents[2]
HEADER = '''\
"""{name}"""

import sqlalchemy as sa
from alembic import op

revision = "{name}"
down_revision = {parent!r}


def upgrade() -> None:
{upgrade}


def downgrade() -> None:
{downgrade}
'''


@dataclass(frozen=True)
class Walk:
    """A project, its database, and the doors to them."""

    root: Path
    url: str

    @classmethod
    def begin(cls, root: Path, url: str) -> "Walk":
        """Lay out a project with no revision."""
        root.mkdir()
        scratch_project(root)
        (root / "scripts").mkdir()
        shutil.copy(REPOSITORY / "scripts" / "run_migrations.py", root / "scripts")
        return cls(root, url)

    def revision(self, name: str, upgrade: str, downgrade: str = "pass", top: str = "") -> Path:
        """Write a revision after the last; `top` is code above upgrade()."""
        versions = self.root / "alembic" / "versions"
        parent = max((path.stem for path in versions.glob("*.py") if path.stem < name), default="")
        path = versions / f"{name}.py"
        filled = HEADER.format(
            name=name,
            parent=parent or None,
            upgrade=textwrap.indent(textwrap.dedent(upgrade).strip(), "    "),
            downgrade=textwrap.indent(textwrap.dedent(downgrade).strip(), "    "),
        )
        path.write_text(filled.replace("\n\n\ndef upgrade", f"\n{top}\n\n\ndef upgrade", 1))
        return path

    def lab(self, wait: float = 60) -> Lab:
        """Open the lab on the project, in this process."""
        return to_lose(Lab(self.url, config=self.root, wait=wait))

    @property
    def terminal(self) -> Terminal:
        """Open a shell in the project's root."""
        return Terminal(self.root, self.url)

    def script(self, *options: str) -> Result:
        """Run `python scripts/run_migrations.py …` as a program."""
        return self.terminal.python("scripts/run_migrations.py", *options)

    def start(self, *arguments: object, **options: object) -> Running:
        """Start a process in the project; see `tests.support.processes.start`."""
        return start(self.root, self.url, *arguments, **options)  # type: ignore[arg-type]

    @property
    def engine(self) -> sa.Engine:
        """An engine on the database."""
        return engine_for(sa.make_url(self.url))

    def sql(self, *statements: str) -> None:
        """Run statements and commit."""
        with self.engine.begin() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)

    def value(self, query: str) -> object:
        """Give the first value that a query finds."""
        with self.engine.connect() as connection:
            return connection.exec_driver_sql(query).scalar()

    @property
    def heads(self) -> tuple[str, ...]:
        """Where a fresh connection finds the database."""
        return tuple(one.id for one in self.lab().current())

    def dump(self) -> Dump:
        """Take the whole schema and a checksum of each table's rows."""
        return schema_dump(self.url)

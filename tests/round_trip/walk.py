"""One connection that walks a random schema there and back, with what the lab itself uses."""

from __future__ import annotations

import importlib.util
import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import sqlalchemy as sa
from alembic.config import Config
from alembic.operations import Operations
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.util import format_as_comma, template_to_file

from schema_lab.candidate import Comparison, env_options
from schema_lab.candidate.comparison import _read
from schema_lab.candidate.rewrite.names import refuse_names
from schema_lab.database.connections.engines import engine_for, foreign_keys_off
from schema_lab.migrate.safeguards import BatchGuard
from schema_lab.schema import reflected_word_for_word
from tests.round_trip.picture import picture

TEMPLATE = Path(__file__).parents[2] / "alembic" / "script.py.mako"


@dataclass
class Walk:
    """A database that is emptied between examples, and a folder of scripts."""

    connection: sa.Connection
    folder: Path
    project: sa.MetaData = field(default_factory=sa.MetaData)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @classmethod
    @contextmanager
    def on(cls, url: str, folder: Path) -> Iterator[Walk]:
        """Open the database."""
        with engine_for(sa.make_url(url)).connect() as connection:
            if connection.dialect.name == "sqlite":
                driver: Any = connection.connection.driver_connection
                driver.execute("PRAGMA synchronous=OFF")
                driver.execute("PRAGMA journal_mode=MEMORY")
            with foreign_keys_off(connection):
                yield cls(connection, folder)

    @property
    def dialect(self) -> str:
        """The dialect's name."""
        return self.connection.dialect.name

    def compare(self, metadata: sa.MetaData) -> Comparison:
        """Compare as the lab does."""
        options = env_options(metadata)({"connection": self.connection})
        try:
            with reflected_word_for_word():
                found = _read(self._context(**options), asking=None)
        finally:
            self.connection.rollback()
        refuse_names(found.bad_names, self.dialect)
        return found

    def drift(self, metadata: sa.MetaData) -> list[str]:
        """Say what differs."""
        return [str(one) for one in self.compare(metadata).operations]

    def write(self, comparison: Comparison) -> ModuleType:
        """Write a revision file as Alembic does, and import it."""
        number = next(self.numbers)
        path = self.folder / f"revision_{number}.py"
        template_to_file(
            str(TEMPLATE),
            str(path),
            "utf-8",
            message="Random",
            up_revision=str(number),
            down_revision=None,
            branch_labels=None,
            depends_on=None,
            create_date="",
            comma=format_as_comma,
            **comparison.template_arguments,
        )
        spec = importlib.util.spec_from_file_location(f"revision_{number}", path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    def run(self, module: ModuleType, direction: str) -> None:
        """Run a revision in a transaction, guarded as the lab guards it."""
        guard = BatchGuard(self.connection) if self.dialect == "sqlite" else None
        with self._noted() as statements, reflected_word_for_word(), self.connection.begin():
            context = self._context(target_metadata=self.project)
            if guard is not None:
                guard.begin(context.impl)
            with Operations.context(context):
                getattr(module, direction)()
            if guard is not None:
                script = SimpleNamespace(path=module.__file__, module=module)
                guard.end(script, direction, statements)

    def make(self, metadata: sa.MetaData) -> None:
        """Create the tables without a migration."""
        with self.connection.begin():
            metadata.create_all(self.connection)

    def picture(self) -> dict[str, Any]:
        """Take the whole schema as a value."""
        try:
            return picture(self.connection)
        finally:
            self.connection.rollback()

    def clear(self) -> None:
        """Drop everything."""
        self.connection.rollback()
        with self.connection.begin():
            for statement in _clearing(self.connection):
                self.connection.exec_driver_sql(statement)

    def _context(self, **options: Any) -> MigrationContext:
        environment = EnvironmentContext(Config(), None)  # type: ignore[arg-type]
        environment.configure(**{"connection": self.connection, **options})
        return environment.get_context()

    @contextmanager
    def _noted(self) -> Iterator[list[str]]:
        statements: list[str] = []

        def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
            statements.append(statement)

        sa.event.listen(self.connection, "before_cursor_execute", note)
        try:
            yield statements
        finally:
            sa.event.remove(self.connection, "before_cursor_execute", note)


def _clearing(connection: sa.Connection) -> list[str]:
    if connection.dialect.name == "postgresql":
        return ["DROP SCHEMA public CASCADE", "CREATE SCHEMA public"]
    quote = connection.dialect.identifier_preparer.quote_identifier
    names = [quote(one) for one in sa.inspect(connection).get_table_names()]
    if connection.dialect.name == "sqlite":
        return [f"DROP TABLE {one}" for one in names]
    dropped = [f"DROP TABLE {', '.join(names)}"] if names else []
    return ["SET FOREIGN_KEY_CHECKS=0", *dropped, "SET FOREIGN_KEY_CHECKS=1"]

"""A side of a comparison: what names it, and the database in which it can be read.

A side is "models", "database", "history", a revision such as "0003", "head" or "-1", or the URL of
a database. All but the models can be opened as a live database: the history is replayed.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from schema_lab.database import masked, resolve
from schema_lab.database.dialects import shared_name
from schema_lab.errors import InputError
from schema_lab.history import Environment
from schema_lab.sides.replay import HEADS, replayed

MODELS, DATABASE, HISTORY = "models", "database", "history"


@dataclass(frozen=True)
class Side:
    """A side by its name, without secrets, and as a sentence says it.

    Examples
    --------
    >>> Side.of("database").words, Side.of("0003").words
    ('the database', 'revision 0003')
    >>> Side.of("mariadb://ann:secret@db/app").name
    'mariadb://ann:***@db/app'
    """

    name: str
    words: str
    url: sa.URL | None = None

    @classmethod
    def of(cls, given: str | sa.URL) -> "Side":
        """Read what a user names.

        Raises
        ------
        InputError
            When it is empty.
        """
        if isinstance(given, sa.URL) or "://" in given:
            name = masked(given)
            return cls(name, name, sa.make_url(given))
        if not given.strip():
            raise InputError(
                "The name of a side is empty.",
                'Use "models", "database", "history", a revision, or the URL of a database.',
            )
        named = given in (MODELS, DATABASE, HISTORY)
        return cls(given, f"the {given}" if named else f"revision {given}")

    @property
    def is_models(self) -> bool:
        """Whether this side is the models, which no database has."""
        return self.name == MODELS

    @contextmanager
    def opened(self, environment: Environment) -> Iterator[Environment]:
        """Open the side as a live database that is only read; a replay is dropped at the end.

        Raises
        ------
        SchemaLabError
            When there is no such revision or database.
        """
        if self.name == DATABASE:
            yield environment
        elif self.url is not None:
            yield self._elsewhere(environment)
        else:
            target = HEADS if self.name == HISTORY else self.name
            with replayed(environment, target) as replay:
                yield replay

    def dialect(self, environment: Environment) -> str:
        """Name the dialect as far as a URL tells it: MariaDB and MySQL share a name. Read-only."""
        url = environment.url if self.url is None else self.url
        return shared_name(url.get_backend_name())

    def _elsewhere(self, environment: Environment) -> Environment:
        assert self.url is not None
        url = resolve(self.url, base=environment.project.root)
        file = Path(url.database or "")
        if url.get_backend_name() == "sqlite" and url.database and not file.is_file():
            raise InputError(
                f"{self.name} does not exist.", "Name the file of an existing SQLite database."
            )
        return Environment.opened(environment.project, url, environment.wait, environment.arguments)

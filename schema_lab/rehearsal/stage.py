"""The stage of a rehearsal: an environment that migrates something that may be thrown away."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from schema_lab.database import engine_for
from schema_lab.history import Environment
from schema_lab.rehearsal.choosing import Choice
from schema_lab.rehearsal.copies import Copy, Kept, TableKey, module_of
from schema_lab.rehearsal.rolled_back import LOCK_TIMEOUT, kept, transaction

Dress = Callable[[sa.Engine], sa.Engine]


def _as_it_is(engine: sa.Engine) -> sa.Engine:
    return engine


@dataclass(frozen=True)
class Dressed(Environment):
    """An environment whose engines are listened to."""

    dress: Dress = _as_it_is

    @property
    def engine(self) -> sa.Engine:
        """A new engine on the copy, with its listeners; what it writes need not outlive us."""
        engine = engine_for(self.url, self.wait)
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", _carelessly)
        return self.dress(engine)


def _carelessly(driver: Any, record: Any) -> None:
    """Wait for no disk: the file is thrown away."""
    for setting in ("synchronous = OFF", "cache_size = -65536", "mmap_size = 1073741824"):
        driver.execute(f"PRAGMA {setting}")


@dataclass(frozen=True)
class Held(Environment):
    """An environment with one engine, on which a transaction is open."""

    held: sa.Engine | None = None

    @property
    def engine(self) -> sa.Engine:
        """The engine of the transaction."""
        assert self.held is not None
        return self.held


@dataclass(frozen=True)
class Stage:
    """Where a rehearsal plays: its environment, and where the rows of before stand."""

    environment: Environment
    kept: Kept
    made: str
    sampled: Mapping[TableKey, int] = field(default_factory=dict)


@contextmanager
def stage_of(environment: Environment, choice: Choice, dress: Dress) -> Iterator[Stage]:
    """Make the stage that was chosen; it is gone at the end. The live database stays as it is."""
    if choice.how == "transaction":
        with transaction(environment) as engine:
            held = Held(**_shared(environment), wait=LOCK_TIMEOUT, held=dress(engine))
            yield Stage(held, kept(environment.url.get_backend_name()), _MADE)
        return
    module = module_of(environment)
    with (module.sample if choice.how == "sample" else module.copy)(environment) as copy:
        yield Stage(dressed(environment, copy, dress), copy.kept, copy.made, copy.sampled)


def dressed(environment: Environment, copy: Copy, dress: Dress = _as_it_is) -> Dressed:
    """Give the environment that migrates a copy."""
    shared = {**_shared(environment), "url": copy.url, "wait": environment.wait}
    return Dressed(**shared, dress=dress)


_MADE = "a transaction on the database itself, rolled back at its end"


def _shared(environment: Environment) -> dict[str, Any]:
    """Take over what a stage has in common; nothing of it is remembered in the project."""
    return {
        "project": environment.project,
        "url": environment.url,
        "new_id": environment.new_id,
        "remembers": False,
    }

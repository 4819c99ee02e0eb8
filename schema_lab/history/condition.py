"""The condition of a history: where things stand as far as they can be read, and what is wrong."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from alembic.runtime.migration import MigrationContext
from alembic.script import Script, ScriptDirectory

from schema_lab.errors import SchemaLabError
from schema_lab.history.environment import Environment
from schema_lab.history.failures import as_lab_errors
from schema_lab.history.health import (
    refuse_damage,
    refuse_forgotten,
    refuse_heads,
    refuse_leftovers,
)
from schema_lab.history.project import fresh_sources
from schema_lab.history.revisions import History
from schema_lab.history.standing import Standing, checksums, look, marked_history

T = TypeVar("T")


@dataclass(frozen=True)
class Condition:
    """What can be read of script directory and database; `problems` says what cannot, and why.

    `answers` is false when the database cannot be asked.
    """

    heads: tuple[str, ...] = ()
    current: tuple[str, ...] = ()
    pending: int = 0
    answers: bool = True
    problems: tuple[str, ...] = ()


def condition(environment: Environment) -> Condition:
    """Examine script directory and database, one also when the other is broken. Read-only."""
    problems: list[str] = []
    scripts = _said(problems, lambda: _loaded(environment.project.scripts()))
    heads = tuple(sorted(scripts.get_heads())) if scripts else ()
    bases = scripts.get_revisions(scripts.get_bases()) if scripts else ()
    standing = _said(problems, lambda: look(environment, lambda seen: _seen(seen, bases, problems)))
    if standing is None:
        return Condition(heads, answers=False, problems=tuple(problems))
    pending = 0
    if scripts is not None:
        known = _said(problems, lambda: _history(environment, scripts, standing, problems))
        pending = sum(not one.applied for one in known or ())
    return Condition(heads, standing.heads, pending, problems=tuple(problems))


def refuse_unsound(environment: Environment, scripts: ScriptDirectory) -> None:
    """Refuse to build on a history that does not hold together. Read-only.

    Raises
    ------
    SchemaLabError
        For more than one head, a damaged or forgotten version table, or a leftover copy.
    """
    look(environment, soundness(environment, scripts))


def soundness(
    environment: Environment, scripts: ScriptDirectory
) -> Callable[[MigrationContext], None]:
    """Refuse more than one head, and give what refuses the rest: a part of a longer look."""

    def examine(context: MigrationContext) -> None:
        connection, standing = context.connection, Standing.of(context)
        assert connection is not None
        refuse_damage(scripts, standing.heads, checksums(environment, standing.birth))
        refuse_leftovers(connection)
        refuse_forgotten(connection, standing.heads, scripts.get_revisions(scripts.get_bases()))

    with as_lab_errors(environment.url), fresh_sources():
        refuse_heads(scripts)
    return examine


def _said(problems: list[str], read: Callable[[], T]) -> T | None:
    """Read, or note why not and give None."""
    try:
        return read()
    except SchemaLabError as error:
        problems.append(str(error))
        return None


def _loaded(scripts: ScriptDirectory) -> ScriptDirectory:
    with as_lab_errors(), fresh_sources():
        scripts.get_heads()
    return scripts


def _seen(context: MigrationContext, bases: Iterable[Script], problems: list[str]) -> Standing:
    connection, standing = context.connection, Standing.of(context)
    assert connection is not None
    _said(problems, lambda: refuse_leftovers(connection))
    _said(problems, lambda: refuse_forgotten(connection, standing.heads, bases))
    return standing


def _history(
    environment: Environment, scripts: ScriptDirectory, standing: Standing, problems: list[str]
) -> History:
    known = checksums(environment, standing.birth)
    history = marked_history(scripts, standing.heads, known)
    edited = [f"{one.id} ({known.words(one.id)})" for one in history if one.edited]
    if edited:
        problems.append(
            f"Edited after they were applied: {', '.join(edited)}. Bring the files back from "
            f'version control, or accept them with lab.stamp("{standing.heads[0]}").'
        )
    if known.problem:
        problems.append(known.problem)
    return history

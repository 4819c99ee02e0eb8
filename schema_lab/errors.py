"""What went wrong, and what to do: every error of the lab says a fact, then a cure."""

from __future__ import annotations

from typing import Any


class SchemaLabError(Exception):
    """The base of every error that the lab raises.

    Parameters
    ----------
    fact : str
        One sentence that says what is wrong.
    cure : str
        One sentence that says what to do about it; may be empty.

    Examples
    --------
    >>> error = SchemaLabError("There is no revision ab12.", "See lab.history().")
    >>> str(error)
    'There is no revision ab12. See lab.history().'
    >>> error.fact, error.cure
    ('There is no revision ab12.', 'See lab.history().')
    """

    fact: str
    cure: str

    def __init__(self, fact: str, cure: str = "") -> None:
        super().__init__(fact, cure)
        self.fact = fact
        self.cure = cure

    def __str__(self) -> str:
        return f"{self.fact} {self.cure}".strip()

    def _render_traceback_(self) -> list[str]:
        """Say the fact and the cure where IPython would print a long traceback."""
        return [f"{type(self).__name__}: {self.fact}", *([self.cure] if self.cure else [])]


class ModelError(SchemaLabError):
    """The models do not hold together."""


class DatabaseError(SchemaLabError):
    """A URL, a driver or a server does not do what was asked."""


class HistoryError(SchemaLabError):
    """The script directory or its revisions are not in order."""


class MigrationError(SchemaLabError):
    """An upgrade or a downgrade failed.

    Attributes
    ----------
    revision : str
        The revision that failed, where it was one.
    statement : str
        The SQL at which it failed, where it was SQL.
    statements : tuple of schema_lab.migrate.Statement
        What ran before it.
    hint : str
        The part of the cure that does not depend on what stands; "" where none is known.
    """

    revision: str = ""
    statement: str = ""
    statements: tuple[Any, ...] = ()
    hint: str = ""


class CancelledError(MigrationError):
    """Somebody cancelled an upgrade or a downgrade, at a place where no revision stands in half."""


class InputError(SchemaLabError):
    """A message, an identifier, a target or a name cannot be used."""


class LossError(SchemaLabError):
    """A step would lose values, and nobody has accepted that.

    Attributes
    ----------
    names : tuple of str
        What would go: columns as "users.plan", tables as "users".
    """

    names: tuple[str, ...] = ()

"""Choose how to rehearse: on a copy, in a transaction, or on a sample; and say why."""

from dataclasses import dataclass

from schema_lab.errors import InputError
from schema_lab.history import Environment

WAYS = ("copy", "transaction", "sample")


@dataclass(frozen=True)
class Choice:
    """How a rehearsal runs, and why so, as a sentence."""

    how: str
    why: str


def choose(environment: Environment, how: str | None) -> Choice:
    """Choose by what was asked for, by size and by rights. Read-only.

    Raises
    ------
    InputError
        For a way that there is not.
    """
    if how is not None and how not in WAYS:
        raise InputError(f"{how!r} is no way to rehearse.", f"Take one of {', '.join(WAYS)}.")
    return Choice(how or "copy", "asked for" if how else "it is small enough")

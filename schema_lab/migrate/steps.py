"""The steps from where a database stands to a target, as Alembic finds them."""

from typing import Any

from alembic.script import ScriptDirectory

from schema_lab.errors import HistoryError

Heads = tuple[str, ...]


def steps_up(scripts: ScriptDirectory, heads: Heads, target: str) -> list[Any]:
    """List the steps of an upgrade. Read-only.

    Raises
    ------
    HistoryError
        When a relative target has nothing above.
    CommandError
        Alembic's own, for a target that is not above.
    """
    if target.startswith("+") and set(heads) >= set(scripts.get_heads()):
        raise HistoryError(
            f"The database is at the head ({', '.join(heads)}): there is nothing to upgrade.",
            "Write a revision first: lab.autogenerate(…).write().",
        )
    return list(scripts._upgrade_revs(target, heads))  # type: ignore[arg-type]


def steps_down(scripts: ScriptDirectory, heads: Heads, target: str) -> list[Any]:
    """List the steps of a downgrade. Read-only.

    Raises
    ------
    HistoryError
        When a relative target has nothing below, or starts from more than one head.
    CommandError
        Alembic's own, for a target that is not below.
    """
    if target.startswith("-") and not heads:
        raise HistoryError(
            "The database is at base: there is nothing to take back.",
            "lab.upgrade() goes forward again.",
        )
    if target.startswith("-") and heads[1:]:
        raise HistoryError(
            f"The database stands at {' and '.join(sorted(heads))}, so {target} is ambiguous.",
            "Name the revision to go back to; lab.history() lists them.",
        )
    return list(scripts._downgrade_revs(target, heads))  # type: ignore[arg-type]

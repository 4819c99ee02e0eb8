"""Has what goes a new name? The question as it is put of a column and of a table."""

from collections.abc import Iterable, Sequence

from alembic.operations import ops

from schema_lab.autogenerate.notes import NoteOp
from schema_lab.autogenerate.operations import describe
from schema_lab.autogenerate.questions.live import Live
from schema_lab.autogenerate.questions.question import Choice, Question, Value
from schema_lab.views.plain import count

KIND = "rename"
DROP: Value = ("drop",)
SHOWN = 5
"""New names that are offered, the likeliest first."""


def new_name_question(
    drop: ops.MigrateOperation,
    lead: str,
    about: str,
    names: Sequence[str],
    held: tuple[int, str],
    evidence: Iterable[str],
    live: Live,
) -> Question:
    """Put the question.

    Parameters
    ----------
    drop
        The operation by which it goes.
    lead
        How the sentence begins, up to the name: "Was".
    about
        What goes, such as "users.plan".
    names
        The new names that it may have.
    held
        How much goes with it, and of what: 12, "value".
    evidence
        How alike each of the names is.
    live
        The database before the migration.
    """
    number, noun = held
    new = names[0] if not names[1:] else f"one of {', '.join(names)}"
    goes = f"Dropping {about} loses {count(number, noun)}." if number else ""
    renames = (
        Choice(f"rename it to {name}", f"candidate.rename({about!r}, {name!r})", ("rename", name))
        for name in names
    )
    return Question(
        kind=KIND,
        about=about,
        sentence=f"{lead} {about}, which is no longer in the models, renamed to {new}?",
        evidence=(goes or f"{about} holds no {noun}.", *evidence),
        choices=(*renames, Choice(f"drop it with its {noun}s", f"candidate.drop({about!r})", DROP)),
        change="; ".join(one.sentence for one in describe(drop, live.dialect)),
        default=DROP,
        must=number > 0,
    )


def note_the_drop(upgrade: ops.UpgradeOps, about: str) -> None:
    """Let the script say that somebody chose the drop."""
    upgrade.ops.insert(0, NoteOp(f"{about} is dropped, not renamed."))

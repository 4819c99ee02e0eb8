"""Ask each kind of question in turn. An answer changes the script before the next kind is asked."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from alembic.operations import ops
from alembic.runtime.migration import MigrationContext

from schema_lab.candidate.questions import (
    cast,
    duplicates,
    enum,
    fill,
    nulls,
    orphans,
    renamed_column,
    renamed_table,
    views,
)
from schema_lab.candidate.questions.live_database import LiveDatabase
from schema_lab.candidate.questions.question import Answer, Question, Value
from schema_lab.candidate.recipes import EARLY, contract, follow
from schema_lab.candidate.render.script import without_empty_notes
from schema_lab.compare.operations import operations_of
from schema_lab.errors import InputError

ASKING = "schema_lab_asking"
"""The Alembic option by which the notebook or env.py hands in an `Asking`."""


class QuestionKind(Protocol):
    """A module of this folder. `apply` changes the operations of the upgrade."""

    @property
    def KIND(self) -> str: ...  # noqa: N802, D102

    def ask(self, upgrade: ops.UpgradeOps, live: LiveDatabase) -> Iterator[Question]: ...  # noqa: D102

    def apply(  # noqa: D102 - raises InputError, with nothing changed, for what does not fit
        self, upgrade: ops.UpgradeOps, question: Question, value: Value, live: LiveDatabase
    ) -> None: ...


KINDS: tuple[QuestionKind, ...] = (
    *(renamed_table, renamed_column, views, enum, cast, nulls, fill, orphans, duplicates),
)
"""In this order: each kind sees the script as the answers to the kinds before it left it."""


@dataclass
class Asking:
    """The known answers, and the questions that a script raised.

    `change` is what autogenerate found before any answer, as text. `aloud` says that nobody
    reads `asked`, so that an open question is logged as a warning.
    """

    answers: tuple[Answer, ...] = ()
    aloud: bool = False
    asked: list[Question] = field(default_factory=list)
    change: str = ""

    def of(self, question: Question) -> Answer | None:
        """Give the answer to a question, if an answer to this change is known."""
        wanted = (question.kind, question.about, question.change)
        for answer in reversed(self.answers):
            if (answer.kind, answer.about, answer.change) == wanted and question.takes(
                answer.value
            ):
                return answer
        return None


def asks(context: MigrationContext, script: ops.MigrationScript) -> bool:
    """Say whether a script is a candidate, or about to be written; a drift is shown as it is."""
    asking: Asking | None = context.opts.get(ASKING)
    return asking is not None and not (asking.aloud and script.rev_id is None)


def with_answers(
    context: MigrationContext, revision: Any, directives: list[ops.MigrationScript]
) -> None:
    """Ask the questions, and change each script as the answers say.

    A `process_revision_directives` function. Without an `Asking` in the context, nothing is asked.
    """
    asking = context.opts.get(ASKING)
    if asking is None or context.connection is None:
        return
    live = LiveDatabase(context)
    for script in directives:
        if not asks(context, script):
            continue
        for upgrade, downgrade in zip(
            script.upgrade_ops_list, script.downgrade_ops_list, strict=True
        ):
            asking.change = "; ".join(map(str, operations_of(upgrade.ops, live.dialect)))
            follow(upgrade, asking.answers, asking.change, live, EARLY)
            _ask(upgrade, live, asking)
            contract(upgrade, live)
            follow(upgrade, asking.answers, asking.change, live)
            if upgrade.ops:
                upgrade.reverse_into(downgrade)
                downgrade.ops = without_empty_notes(downgrade.ops)
    if asking.aloud:
        _log_open(asking.asked)


def _ask(upgrade: ops.UpgradeOps, live: LiveDatabase, asking: Asking) -> None:
    for kind in KINDS:
        settled: set[str] = set()
        while True:
            raised = [asked for asked in kind.ask(upgrade, live) if asked.about not in settled]
            known = ((asked, asking.of(asked)) for asked in raised)
            question, answer = next(((q, a) for q, a in known if a is not None), (None, None))
            if question is None or answer is None:
                asking.asked.extend(raised)
                break
            settled.add(question.about)
            asking.asked.append(_applied(kind, upgrade, question, answer, live))


def _applied(
    kind: QuestionKind,
    upgrade: ops.UpgradeOps,
    question: Question,
    answer: Answer,
    live: LiveDatabase,
) -> Question:
    """Change the upgrade as an answer says. A kept answer that no longer fits is dropped."""
    try:
        kind.apply(upgrade, question, answer.value, live)
    except InputError:
        if answer.kept:
            return question
        raise
    return question.answered(answer.value)


def _log_open(asked: list[Question]) -> None:
    for question in asked:
        if question.open:
            said = f" Without an answer: {question.outcome}." if question.outcome else ""
            logging.getLogger("schema_lab").warning(
                "%s %s%s Answer in a notebook: %s.",
                question.sentence,
                " ".join(question.evidence),
                said,
                " or ".join(choice.call for choice in question.choices),
            )

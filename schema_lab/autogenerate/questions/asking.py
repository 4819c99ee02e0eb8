"""Ask each kind of question in turn; an answer changes the script before the next is asked."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from alembic.operations import ops
from alembic.runtime.migration import MigrationContext

from schema_lab.autogenerate.notes import without_nothing
from schema_lab.autogenerate.operations import operations_of
from schema_lab.autogenerate.questions import cast, enum, fill, rename, rename_table
from schema_lab.autogenerate.questions.live import Live
from schema_lab.autogenerate.questions.question import Answer, Question, Value
from schema_lab.autogenerate.recipes import EARLY, contract, follow
from schema_lab.errors import InputError

ASKING = "schema_lab_asking"
"""Alembic's option under which the notebook or env.py hands in what is known."""


class Kind(Protocol):
    """What a file of this folder offers; `apply` changes the operations of the upgrade."""

    @property
    def KIND(self) -> str: ...  # noqa: N802, D102

    def ask(self, upgrade: ops.UpgradeOps, live: Live) -> Iterator[Question]: ...  # noqa: D102

    def apply(  # noqa: D102 - raises InputError, with nothing changed, for what does not fit
        self, upgrade: ops.UpgradeOps, question: Question, value: Value, live: Live
    ) -> None: ...


KINDS: tuple[Kind, ...] = (rename_table, rename, enum, cast, fill)
"""In this order: each kind sees what the answers to those before it have made of the script."""


@dataclass
class Asking:
    """The answers that are known, and what was asked of one script.

    `change` spells what autogenerate found before any answer. `aloud` says that nobody looks at
    `asked`: an open question is logged as a warning.
    """

    answers: tuple[Answer, ...] = ()
    aloud: bool = False
    asked: list[Question] = field(default_factory=list)
    change: str = ""

    def of(self, question: Question) -> Answer | None:
        """Give the answer to a question, if one is known for this very change."""
        wanted = (question.kind, question.about, question.change)
        for one in reversed(self.answers):
            if (one.kind, one.about, one.change) == wanted and question.takes(one.value):
                return one
        return None


def with_answers(
    context: MigrationContext, revision: Any, directives: list[ops.MigrationScript]
) -> None:
    """Ask, and change each script as the answers say.

    A `process_revision_directives` function. Without an `Asking` in the context nothing is asked.
    """
    asking = context.opts.get(ASKING)
    if asking is None or context.connection is None:
        return
    live = Live(context)
    for script in directives:
        if asking.aloud and script.rev_id is None:
            continue
        for upgrade, downgrade in zip(
            script.upgrade_ops_list, script.downgrade_ops_list, strict=True
        ):
            asking.change = "; ".join(map(str, operations_of(upgrade.ops, live.dialect)))
            follow(upgrade, asking.answers, asking.change, live, EARLY)
            _settle(upgrade, live, asking)
            contract(upgrade, live)
            follow(upgrade, asking.answers, asking.change, live)
            if upgrade.ops:
                upgrade.reverse_into(downgrade)
                downgrade.ops = without_nothing(downgrade.ops)
    if asking.aloud:
        _say_open(asking.asked)


def _settle(upgrade: ops.UpgradeOps, live: Live, asking: Asking) -> None:
    for kind in KINDS:
        settled: set[str] = set()
        while True:
            asked = [one for one in kind.ask(upgrade, live) if one.about not in settled]
            known = ((one, asking.of(one)) for one in asked)
            question, answer = next(((q, a) for q, a in known if a is not None), (None, None))
            if question is None or answer is None:
                asking.asked.extend(asked)
                break
            settled.add(question.about)
            asking.asked.append(_applied(kind, upgrade, question, answer, live))


def _applied(
    kind: Kind, upgrade: ops.UpgradeOps, question: Question, answer: Answer, live: Live
) -> Question:
    """Change the upgrade as an answer says; one of before, which no longer fits, stays open."""
    try:
        kind.apply(upgrade, question, answer.value, live)
    except InputError:
        if answer.kept:
            return question
        raise
    return question.answered(answer.value)


def _say_open(asked: list[Question]) -> None:
    for one in asked:
        if one.open:
            said = f" Unanswered, this is chosen: {one.outcome}." if one.outcome else ""
            logging.getLogger("schema_lab").warning(
                "%s %s%s Answer it in a notebook: %s.",
                one.sentence,
                " ".join(one.evidence),
                said,
                " or ".join(choice.call for choice in one.choices),
            )

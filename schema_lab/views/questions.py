"""How questions look: the sentence, the evidence, the answer, and the calls that give one."""

from collections.abc import Sequence

from schema_lab.views.html import badge, box, escape, page
from schema_lab.views.plain import visible
from schema_lab.views.shapes import QuestionShape

NOTHING = "No question: this change can be read in one way only."


def html(questions: Sequence[QuestionShape]) -> str:
    """Show all questions on one page."""
    return page(piece(questions) or f'<p class="sl-muted">{NOTHING}</p>')


def piece(questions: Sequence[QuestionShape]) -> str:
    """Show all questions as one piece; nothing when there are none."""
    return "".join(_question_html(one) for one in questions)


def text(questions: Sequence[QuestionShape]) -> str:
    """Say all questions, each with its answer or the calls that answer it."""
    return "\n".join(line for one in questions for line in _lines(one)) or NOTHING


def asked(question: QuestionShape) -> str:
    """Show what is asked and what counts now, without the calls, as one piece."""
    return _asked(question, "")


def in_code(call: str) -> str:
    """Show the call that does the same, as one piece."""
    return f'<span class="sl-muted">in code:</span> <code>{escape(call)}</code>'


def _question_html(question: QuestionShape) -> str:
    calls = "".join(
        f"<li><code>{escape(one.call)}</code> {escape(one.label)}</li>" for one in question.choices
    )
    return _asked(question, f"<ul>{calls}</ul>" if question.open else "")


def _asked(question: QuestionShape, calls: str) -> str:
    return box(
        "warn" if question.open else "good",
        f'<p class="sl-lead">{_mark(question)} {escape(question.sentence)}</p>',
        *(f"<p>{escape(fact)}</p>" for fact in question.evidence),
        f"<p>{escape(_outcome(question))}</p>",
        calls,
    )


def _mark(question: QuestionShape) -> str:
    return badge("? open", "warn") if question.open else badge("✓ answered", "good")


def _lines(question: QuestionShape) -> list[str]:
    mark = "?" if question.open else "✓"
    head = [f"{mark} {visible(question.sentence)}"]
    facts = [f"  {visible(fact)}" for fact in question.evidence]
    calls = [f"  {visible(one.call)}: {visible(one.label)}" for one in question.choices]
    return [*head, *facts, f"  {visible(_outcome(question))}", *(calls if question.open else ())]


def _outcome(question: QuestionShape) -> str:
    if not question.open:
        return f"Answer: {question.outcome}."
    if question.must:
        return "This has to be answered before the candidate is written:"
    return f"Unanswered, this is chosen: {question.outcome}."

"""How questions look: the sentence, the evidence, the answer, and the calls that answer."""

from collections.abc import Sequence

from schema_lab.views.html import badge, box, escape, page
from schema_lab.views.plain import visible
from schema_lab.views.shapes import QuestionShape

NO_QUESTIONS = "No questions: this change is unambiguous."


def questions_html(questions: Sequence[QuestionShape]) -> str:
    """Show all questions on one page."""
    return page(questions_piece(questions) or f'<p class="sl-muted">{NO_QUESTIONS}</p>')


def questions_piece(questions: Sequence[QuestionShape]) -> str:
    """Show all questions as one piece; nothing when there are none."""
    return "".join(_with_calls(question) for question in questions)


def questions_text(questions: Sequence[QuestionShape]) -> str:
    """Say all questions, each with its answer or the calls that answer it."""
    lines = (line for question in questions for line in _lines(question))
    return "\n".join(lines) or NO_QUESTIONS


def question_piece(question: QuestionShape) -> str:
    """Show one question and the answer that applies now, without the calls, as one piece."""
    return _box(question, "")


def folded_piece(question: QuestionShape) -> str:
    """Show an answered question as one line, as one piece."""
    about = f"<code>{escape(question.about)}</code>"
    return f'<p role="status">{_mark(question)} {about}: {escape(question.outcome)}</p>'


def call_piece(call: str) -> str:
    """Show the call that gives an answer, as one piece."""
    return f'<span class="sl-muted">In code:</span> <code>{escape(call)}</code>'


def _with_calls(question: QuestionShape) -> str:
    calls = "".join(
        f"<li><code>{escape(choice.call)}</code> {escape(choice.label)}</li>"
        for choice in question.choices
    )
    return _box(question, f"<ul>{calls}</ul>" if question.open else "")


def _box(question: QuestionShape, calls: str) -> str:
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
    calls = [f"  {visible(choice.call)}: {visible(choice.label)}" for choice in question.choices]
    return [*head, *facts, f"  {visible(_outcome(question))}", *(calls if question.open else ())]


def _outcome(question: QuestionShape) -> str:
    if not question.open:
        return f"Answer: {question.outcome}."
    if question.must:
        return "Answer this before you write the revision:"
    return f"If you do not answer: {question.outcome}."

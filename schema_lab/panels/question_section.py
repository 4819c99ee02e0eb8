"""The questions of a candidate as controls: select an answer, press Answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipywidgets import Layout, RadioButtons

from schema_lab import views
from schema_lab.errors import InputError
from schema_lab.panels.controls import (
    button,
    line,
    row,
    section,
    show,
    show_words,
    widened,
    words,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from ipywidgets import Button

    from schema_lab.candidate import Candidate, Choice, Question
    from schema_lab.panels.presses import Presses


class QuestionControls:
    """One question, its answers to choose from, and the answer as a line of code."""

    def __init__(self, question: Question) -> None:
        self.question = question
        name = views.plain.visible(question.about)
        self.asked_box = words()
        self.chooser = RadioButtons(description="Answer", layout=Layout(width="auto"))
        self.text_box = line("")
        self.call_box = words()
        self.answer_button = button(f"Answer {name}", "Apply this answer to the candidate")
        self.change_button = button(f"Change {name}", "Show the answers to select another one")
        self._answer_row = row(self.answer_button, self.call_box)
        self._asked_row = row(widened(self.asked_box), self.change_button)
        self.box = section(self._asked_row, self.chooser, self.text_box, self._answer_row)
        self.box.add_class("sl-question")
        self.chooser.observe(lambda _: self._follow(), "index")
        self.text_box.observe(lambda _: self._follow(), "value")
        self.change_button.on_click(lambda _: self.fold(False))
        self._fill()

    def show(self, question: Question) -> None:
        """Show a question; the selection stays if it is the same question."""
        if question != self.question:
            self.question = question
            self._fill()

    def value(self) -> tuple[str, ...]:
        """Give the selected answer.

        Raises
        ------
        InputError
            When no answer is selected, or a text is missing.
        """
        choice, text = self._choice, self.text_box.value.strip()
        if choice is None:
            raise InputError(
                f"No answer is selected for `{self.question.about}`.",
                "Select an answer, then press Answer again.",
            )
        if choice.free and not text:
            raise InputError(
                f"The answer for `{self.question.about}` needs {choice.free}.",
                f"Enter {choice.free} in the text box, then press Answer again.",
            )
        return (*choice.value, text) if choice.free else choice.value

    def close(self) -> None:
        """Remove every widget, in the front end too."""
        parts = (self.asked_box, self.chooser, self.text_box, self.answer_button, self.call_box)
        rows = (self.change_button, self._answer_row, self._asked_row)
        for widget in (*parts, *rows, self.box):
            widget.close()

    @property
    def _choice(self) -> Choice | None:
        index = self.chooser.index
        return None if index is None else self.question.choices[index]

    @property
    def _free(self) -> bool:
        """Whether the selected answer needs a text."""
        return bool(self._choice and self._choice.free)

    def _fill(self) -> None:
        question = self.question
        chosen, value = question.chosen, question.answer or question.default or ()
        if question.open and question.must:
            chosen = None
        with self.chooser.hold_sync():
            self.chooser.options = [
                views.plain.visible(choice.label) for choice in question.choices
            ]
            self.chooser.index = None if chosen is None else question.choices.index(chosen)
        self.text_box.value = " ".join(value[len(chosen.value) :]) if chosen else ""
        self.fold(not question.open)

    def fold(self, folded: bool) -> None:
        """Fold an answered question into one line, or show its answers."""
        view = views.questions.folded_piece if folded else views.questions.question_piece
        self.asked_box.value = view(self.question)
        self._follow()
        for widget in (self.chooser, self._answer_row):
            show(widget, not folded)
        show(self.text_box, not folded and self._free)
        show(self.change_button, folded)

    def _follow(self) -> None:
        choice, text = self._choice, self.text_box.value.strip()
        show(self.text_box, self._free)
        if choice is None:
            show_words(self.call_box, "")
            return
        self.text_box.description = views.plain.visible(choice.free).capitalize()
        typed = bool(choice.free and text)
        call = self.question.spelled((*choice.value, text)) if typed else choice.call
        show_words(self.call_box, views.questions.call_piece(call))


class QuestionSection:
    """The questions of the candidate that is shown, each with its controls.

    Parameters
    ----------
    presses
        What runs the buttons.
    changed
        Called after an answer has changed the candidate.
    """

    def __init__(self, presses: Presses, changed: Callable[[], None]) -> None:
        self._presses = presses
        self._changed = changed
        self._candidate: Candidate | None = None
        self._controls: dict[tuple[str, str], QuestionControls] = {}
        self.ask_again_button = button("Ask again", "Discard every answer to these questions")
        self._list = section()
        self.box = section(self._list, row(self.ask_again_button))
        presses.bind(self.ask_again_button, self._ask_again)

    @property
    def controls(self) -> tuple[QuestionControls, ...]:
        """The controls of each question, in the order of the questions."""
        return tuple(self._controls.values())

    @property
    def buttons(self) -> list[Button]:
        """Every button that answers, and Ask again."""
        answers = (controls.answer_button for controls in self.controls)
        changes = (controls.change_button for controls in self.controls)
        return [*answers, *changes, self.ask_again_button]

    @property
    def suggested(self) -> Button | None:
        """The button of the first question that must be answered."""
        for controls in self.controls:
            if controls.question.open and controls.question.must:
                return controls.answer_button
        return None

    def show(self, candidate: Candidate | None, changeable: bool) -> None:
        """Show a candidate's questions, or none if the candidate is already written."""
        self._candidate = candidate
        asked = tuple(candidate.questions) if candidate and changeable else ()
        former, self._controls = self._controls, {}
        for question in asked:
            key = (question.kind, question.about)
            self._controls[key] = self._shown(former.pop(key, None), question)
        self._list.children = tuple(controls.box for controls in self.controls)
        for closed in former.values():
            closed.close()
        show(self.ask_again_button, any(not question.open for question in asked))
        show(self.box, bool(asked))

    def _shown(self, known: QuestionControls | None, question: Question) -> QuestionControls:
        """Show a question in its former controls, so that the keyboard focus stays."""
        if known is not None:
            known.show(question)
            return known
        made = QuestionControls(question)
        self._presses.bind(made.answer_button, lambda: self._answer(made))
        for chosen, trait in ((made.chooser, "index"), (made.text_box, "value")):
            chosen.observe(lambda _: self._presses.forget(made.answer_button), trait)
        return made

    def _answer(self, controls: QuestionControls) -> None:
        if self._candidate is None:
            return
        question = controls.question
        self._candidate.answer(question.kind, question.about, *controls.value())
        self._changed()
        controls.fold(not controls.question.open)

    def _ask_again(self) -> None:
        if self._candidate is not None:
            self._candidate.ask_again()
            self._changed()

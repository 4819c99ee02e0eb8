"""The questions of a candidate, by controls."""

from typing import Any

from schema_lab.panels import Panel
from schema_lab.panels.question_section import QuestionControls
from tests.panels.doing import columns, scripts


def only(panel: Panel) -> QuestionControls:
    """Give the controls of the only question."""
    (controls,) = panel.questions.controls
    return controls


def answer(panel: Panel, label: str) -> None:
    """Choose an answer by its label and press Answer."""
    controls = only(panel)
    controls.chooser.label = label
    controls.answer_button.click()


def is_shown(widget: Any) -> bool:
    """Tell whether a widget is not hidden."""
    return bool(widget.layout.display != "none")


def shown_buttons(panel: Panel) -> list[Any]:
    """List the buttons of the only question that are not hidden, alone or with their row."""
    rows = [box for box in only(panel).box.children if hasattr(box, "children")]
    return [each for row in rows if row.layout.display != "none" for each in row.children]


def test_the_error_of_an_answer_stands_beside_its_button(asking: Panel) -> None:
    """It is in the box of the question, and leaves it when another button is pressed."""
    controls = only(asking)
    controls.answer_button.click()
    assert asking.error_box in controls.box.children
    controls.chooser.label = "rename it to `tariff`"
    controls.answer_button.click()
    assert asking.error_box.value == ""
    asking.ask_again_button.click()
    asking.message_box.value = ""
    asking.autogenerate_button.click()
    assert "message" in asking.error_box.value
    assert asking.error_box in asking._candidate.box.children


def test_a_question_stands_with_its_evidence(asking: Panel) -> None:
    """The sentence, what is known, and each answer to choose from."""
    controls = only(asking)
    assert "`users.plan` is no longer in the models" in controls.asked_box.value
    assert "Dropping `users.plan` loses 1 value." in controls.asked_box.value
    assert controls.chooser.options == ("rename it to `tariff`", "drop it with its values")


def test_what_must_be_answered_has_nothing_chosen(asking: Panel) -> None:
    """A person decides on values; no answer is ready to be pressed by accident."""
    assert only(asking).chooser.index is None
    only(asking).answer_button.click()
    assert "No answer is selected for `users.plan`." in asking.error_box.value


def test_write_waits_for_the_answer_and_says_so(asking: Panel) -> None:
    """Write revision is disabled while a question is in the way, and Answer stands out."""
    assert asking.write_button.disabled
    assert "Answer 1 question first." in asking.waits_box.value
    assert only(asking).answer_button.button_style == "primary"


def test_an_answer_changes_operations_code_and_sql(asking: Panel) -> None:
    """All that is shown of the candidate follows at once."""
    answer(asking, "rename it to `tariff`")
    assert "rename column users.plan → tariff" in asking.candidate_box.value
    upgrade, downgrade, sqlite, *_ = (tab.value for tab in asking.code_tabs.children)
    assert "new_column_name" in upgrade
    assert "new_column_name" in downgrade
    assert "RENAME" in sqlite


def test_an_answered_question_lets_the_candidate_be_written(asking: Panel) -> None:
    """D1: the revision renames, and the value is there under its new name."""
    answer(asking, "rename it to `tariff`")
    assert asking.waits_box.value == ""
    asking.write_button.click()
    asking.upgrade_button.click()
    assert columns(asking) == ["id", "name", "tariff"]
    assert asking.lab.rows("users")["tariff"].tolist() == ["gold"]


def test_the_line_of_code_follows_the_choice(asking: Panel) -> None:
    """What the controls do can be read and put into a cell."""
    only(asking).chooser.label = "drop it with its values"
    assert "candidate.drop(&#x27;users.plan&#x27;)" in only(asking).call_box.value


def test_an_answered_question_says_its_answer(asking: Panel) -> None:
    """It folds to one line; Change shows the answers, and another one can be given."""
    answer(asking, "rename it to `tariff`")
    controls = only(asking)
    assert "<code>users.plan</code>: rename it to `tariff`" in controls.asked_box.value
    assert not is_shown(controls.chooser)
    assert controls.answer_button not in shown_buttons(asking)
    controls.change_button.click()
    assert "Answer: rename it to `tariff`." in controls.asked_box.value
    assert is_shown(controls.chooser)
    assert controls.chooser.label == "rename it to `tariff`"
    asking._presses.forget(controls.answer_button)
    controls.answer_button.click()
    assert not is_shown(controls.chooser)
    asking._presses.forget(controls.answer_button)
    answer(asking, "drop it with its values")
    assert "drop column users.plan" in asking.candidate_box.value


def test_ask_again_opens_the_question(asking: Panel) -> None:
    """Every answer is forgotten, and Write revision waits again."""
    assert asking.ask_again_button.layout.display == "none"
    answer(asking, "rename it to `tariff`")
    asking.ask_again_button.click()
    assert only(asking).question.open
    assert asking.write_button.disabled


def test_a_choice_outlives_another_press(asking: Panel) -> None:
    """What is being chosen stays when the panel reads again."""
    only(asking).chooser.label = "rename it to `tariff`"
    asking.refresh_button.click()
    assert only(asking).chooser.label == "rename it to `tariff`"


def test_a_written_candidate_asks_nothing(asking: Panel) -> None:
    """The controls go when the revision is there."""
    answer(asking, "rename it to `tariff`")
    asking.write_button.click()
    assert len(scripts(asking)) == 1
    assert asking.questions.box.layout.display == "none"


def test_the_candidate_can_be_had_for_code(asking: Panel) -> None:
    """`panel.candidate` is the one that the controls change."""
    answer(asking, "rename it to `tariff`")
    assert asking.candidate is not None
    assert asking.candidate.questions.open == ()

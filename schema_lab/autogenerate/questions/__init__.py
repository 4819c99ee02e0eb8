"""What only a person can say: one file for each kind of question."""

from schema_lab.autogenerate.questions.asking import ASKING, Asking, with_answers
from schema_lab.autogenerate.questions.constants import way_of_filling
from schema_lab.autogenerate.questions.question import Answer, Choice, Question, Questions, Value

__all__ = [
    "ASKING",
    "Answer",
    "Asking",
    "Choice",
    "Question",
    "Questions",
    "Value",
    "way_of_filling",
    "with_answers",
]

"""The rules, each a file with one function from a change to findings; see `review/rule.py`."""

from collections.abc import Sequence
from typing import cast

from schema_lab.review.rule import Rule
from schema_lab.review.rules import drop_column

RULES = cast(
    Sequence[Rule],
    (
        # Data is lost.
        drop_column,
    ),
)
"""All rules, by code."""

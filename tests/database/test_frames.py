"""value_frame: what a driver gives, in columns of one type each."""

from datetime import date
from decimal import Decimal

import pandas as pd
import pytest

from schema_lab.schema.frames.frames import value_frame


@pytest.mark.parametrize(
    ("values", "dtype"),
    [
        ([1, None], "Int64"),
        ([2**63 - 1, -(2**63)], "Int64"),
        ([2**63], "object"),
        ([True, None], "boolean"),
        ([1.5, None], "Float64"),
        ([1.5, float("nan")], "object"),
        (["a", None], "string"),
        ([True, 1], "object"),
        ([1, 1.5], "object"),
        ([1, "a"], "object"),
        ([Decimal("1.10"), None], "object"),
        ([date(2024, 2, 29), None], "object"),
        ([date(9999, 12, 31)], "object"),
        ([b"\0", {"a": [1]}], "object"),
        ([None, None], "object"),
        ([], "object"),
    ],
)
def test_a_column_keeps_its_values(values: list[object], dtype: str) -> None:
    """No value changes its type on the way into a frame, and NULL is NA in each column."""
    frame = value_frame(["x"], [(value,) for value in values])
    assert str(frame["x"].dtype) == dtype
    expected = [pd.NA if value is None else value for value in values]
    assert list(map(repr, frame["x"].tolist())) == list(map(repr, expected))


def test_a_table_without_columns_has_none() -> None:
    """PostgreSQL knows tables without a column."""
    assert value_frame([], []).shape == (0, 0)

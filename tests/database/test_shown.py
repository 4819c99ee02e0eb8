"""A DataFrame as a notebook shows it: types, keys and NULL; it stays pandas' own."""

import pickle

import pandas as pd
import pytest
import sqlalchemy as sa

from schema_lab.schema.frames.frames import value_frame
from schema_lab.schema.frames.tables import columns, indexes, query, rows
from schema_lab.views.plain import visible
from tests.database.conftest import HOSTILE_NAMES, execute


def shown(frame: pd.DataFrame) -> str:
    """Give what a notebook shows of a frame, without the style."""
    page: str = frame._repr_html_()  # type: ignore[operator]
    return page.partition("</style>")[2]


def test_a_frame_is_a_plain_dataframe(filled: sa.Engine) -> None:
    """Whoever compares, copies or keeps frames meets no type but pandas' own."""
    frame = rows(filled, "users")
    assert type(frame) is pd.DataFrame
    assert frame.attrs == {}
    pd.testing.assert_frame_equal(frame.copy(), frame)
    pd.testing.assert_frame_equal(pickle.loads(pickle.dumps(frame)), frame)  # noqa: S301 - our own


def test_rows_say_types_keys_and_null(filled: sa.Engine) -> None:
    """Below each name stands what the database says of the column."""
    page = shown(rows(filled, "users"))
    assert ">VARCHAR(50)</div>" in page
    assert "NOT NULL</div>" in page
    assert "PK</span>" in page
    assert "FK → teams.id</span>" in page


def test_a_column_that_is_unique_alone_says_so(hostile: sa.Engine) -> None:
    """On each dialect, whatever the names are."""
    for name in HOSTILE_NAMES:
        page = shown(rows(hostile, name))
        assert page.count("UK</span>") == 1
        assert page.count("FK → ") == 1


def test_the_columns_of_a_table_bear_their_keys(filled: sa.Engine) -> None:
    """The list of columns says primary and foreign keys beside the names."""
    page = shown(columns(filled, "users"))
    assert '<th scope="row">id <span title="primary key">' in page
    assert '<th scope="row">team_id <span title="foreign key">' in page
    assert "✓ True" in page


def test_a_query_says_the_types_of_its_columns(filled: sa.Engine) -> None:
    """Of a query the frame's own types are known."""
    page = shown(query(filled, "SELECT name, age FROM users"))
    assert ">string</div>" in page
    assert ">Int64</div>" in page


def test_a_large_frame_is_cut_with_a_note() -> None:
    """A hundred of 1204 rows are shown, and the frame has all of them."""
    frame = value_frame(["n"], [(number,) for number in range(1204)])
    page = shown(frame)
    assert "showing 100 of 1&#8239;204 rows" in page
    assert page.count("<tr>") == 101
    assert len(frame) == 1204


def test_a_wide_frame_is_cut_with_a_note() -> None:
    """Forty of sixty columns are shown."""
    page = shown(value_frame([f"c{n}" for n in range(60)], [tuple(range(60))]))
    assert "showing 40 of 60 columns" in page
    assert page.count("<td") == 40


def test_more_rows_than_the_limit_are_said(filled: sa.Engine) -> None:
    """Who sees the first rows of a table learns that there are more, and nothing when all are."""
    assert "the first 2 rows" in shown(rows(filled, "users", limit=2))
    assert len(rows(filled, "users", limit=2)) == 2
    assert "the first" not in shown(rows(filled, "users", limit=3))
    assert "the first 2 rows" in shown(query(filled, "SELECT * FROM users", limit=2))


@pytest.mark.parametrize("derive", [pd.DataFrame.head, pd.DataFrame.copy])
def test_what_is_made_of_a_frame_is_shown_by_pandas(filled: sa.Engine, derive: object) -> None:
    """A frame of the user's own making looks as frames look everywhere."""
    made = derive(rows(filled, "users"))  # type: ignore[operator]
    assert 'class="dataframe"' in made._repr_html_()


def test_a_frame_that_was_changed_is_shown_by_pandas(filled: sa.Engine) -> None:
    """What was known of its columns does not fit any longer."""
    frame = rows(filled, "users")
    frame["one_more"] = 1
    assert "one_more" in shown(frame) or 'class="dataframe"' in frame._repr_html_()  # type: ignore[operator]
    assert "schema-lab" not in frame._repr_html_()  # type: ignore[operator]


def test_who_switches_html_off_gets_text(filled: sa.Engine) -> None:
    """The option of pandas holds for these frames too."""
    frame = rows(filled, "users")
    with pd.option_context("display.notebook_repr_html", False):
        assert frame._repr_html_() is None  # type: ignore[operator]


def test_names_and_values_are_escaped(hostile: sa.Engine) -> None:
    """[I3] A name or a value that is markup is read as text."""
    name = "<script>alert(1)</script>"
    page = (
        shown(rows(hostile, name)) + shown(columns(hostile, name)) + shown(indexes(hostile, name))
    )
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert visible(name) == name


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_null_is_not_a_number(engine: sa.Engine) -> None:
    """NULL is said by name; NaN, which a driver may give, is a value."""
    execute(engine, "CREATE TABLE t (x REAL)", "INSERT INTO t VALUES (NULL)")
    assert '<td class="sl-null">NULL</td>' in shown(rows(engine, "t"))
    assert "nan" in shown(value_frame(["x"], [(1.5,), (float("nan"),)]))

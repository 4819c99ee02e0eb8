"""HTML: escaped, readable in light and dark and without its style sheet."""

import re
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from sqlmodel import Field

from schema_lab import Lab, views
from schema_lab.candidate import Candidate
from schema_lab.compare import Drift, Operation
from schema_lab.history import History, Revision
from schema_lab.lab import Status
from schema_lab.migrate import Loss, Run, Statement
from schema_lab.views.rows import Head, Look
from tests.views import values
from tests.views.values import EVIL


class Reader(HTMLParser):
    """Reads what a page says, and checks that what it opens it closes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text = ""
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an opened element."""
        assert not [name for name, _ in attrs if name.startswith("on")]
        self.open.append(tag)
        self.tags.add(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close the element that was opened last."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Keep the text outside the style sheet."""
        if "style" not in self.open:
            self.text += data


def candidate() -> Candidate:
    """Propose a real candidate."""
    lab = Lab.scratch()

    class Note(lab.Model, table=True):  # type: ignore[call-arg,misc,name-defined]
        id: int | None = Field(default=None, primary_key=True)

    return lab.autogenerate("Create notes")


EVIL_OPERATION = Operation("+", f"add column {EVIL}", "add_column")
EVIL_REVISION = Revision(EVIL, EVIL, (EVIL,), None)
EVIL_RUN = Run(EVIL, (EVIL,), (EVIL,), (EVIL,), (Statement(f"SELECT '{EVIL}'", 1.0, 1),))

PAGES: dict[str, tuple[Callable[[], str], Callable[[], str]]] = {
    "drift": (
        lambda: views.drift.drift_html(values.DRIFT),
        lambda: views.drift.drift_html(Drift((EVIL_OPERATION,), (EVIL,))),
    ),
    "history": (
        lambda: views.history.history_html(values.HISTORY),
        lambda: views.history.history_html(History((EVIL_REVISION,))),
    ),
    "revision": (
        lambda: views.history.revision_html(values.FIRST),
        lambda: views.history.revision_html(EVIL_REVISION),
    ),
    "run": (lambda: views.run.run_html(values.RUN), lambda: views.run.run_html(EVIL_RUN)),
    "status": (
        lambda: views.status.status_html(values.STATUS),
        lambda: views.status.status_html(Status(EVIL, EVIL, (EVIL,), (EVIL,), 1, None, EVIL)),
    ),
    "losses": (
        lambda: views.losses.html(values.LOSSES, "downgrade one"),
        lambda: views.losses.html((Loss(EVIL, EVIL, 1),), EVIL),
    ),
    "error": (
        lambda: views.html.page(views.html.alert("No.", "Yes.", "More.")),
        lambda: views.html.page(views.html.alert(EVIL, EVIL, EVIL)),
    ),
    "table": (
        lambda: views.html.table_html(["id"], [[1], [None]], "users"),
        lambda: views.html.table_html([EVIL], [[EVIL]], EVIL),
    ),
    "rows": (
        lambda: views.rows.rows_html(
            Look((Head("id", "INTEGER", ("PK",)), Head("plan", "TEXT")), ((1, None),)),
            ["id", "email"],
        ),
        lambda: views.rows.rows_html(
            Look((Head(EVIL, EVIL, ("FK",), EVIL),), ((EVIL,),)), [EVIL + "2"]
        ),
    ),
    "code": (
        lambda: views.code.highlight("x = 1  # one"),
        lambda: views.code.highlight(f"x = '''{EVIL}'''"),
    ),
    "sql": (
        lambda: views.code.highlight("SELECT 1", "sql"),
        lambda: views.code.highlight(f"-- {EVIL}", "sql"),
    ),
}


@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_closed(name: str) -> None:
    """Each element that a page opens is closed in order, so it cannot spoil the notebook."""
    assert Reader(PAGES[name][0]()).open == []


@pytest.mark.parametrize("name", PAGES)
def test_no_name_becomes_markup(name: str) -> None:
    """I3: a hostile name shows as text, with its control characters spelt out."""
    page = Reader(PAGES[name][1]())
    assert "script" not in page.tags
    assert "<script>alert('x')</script>" in page.text
    assert "\x1b" not in page.text


@pytest.mark.parametrize("name", PAGES)
def test_every_rule_stays_in_our_own_element(name: str) -> None:
    """The style sheet touches nothing outside `.schema-lab`."""
    (sheet,) = re.findall(r"<style>(.*?)</style>", PAGES[name][0](), re.DOTALL)
    selectors = re.findall(r"([^{}]+)\{[^}]*\}", sheet)
    parts = [part.strip() for group in selectors for part in group.split(",")]
    assert parts
    assert [part for part in parts if not part.startswith(".schema-lab")] == []


def test_a_page_carries_only_the_rules_it_uses() -> None:
    """A stored output of one line is not followed by a sheet of thirty rules."""
    page = views.history.revision_html(values.FIRST)
    assert "table" not in page
    assert ".highlight" not in page
    assert ".sl-badge" in page


@pytest.mark.parametrize("name", PAGES)
def test_no_page_asks_the_network(name: str) -> None:
    """Nothing is loaded from anywhere."""
    page = PAGES[name][0]()
    assert "http" not in page
    assert "url(" not in page
    assert "@import" not in page


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_the_same_each_time(name: str) -> None:
    """No id or time makes a stored output differ."""
    assert PAGES[name][0]() == PAGES[name][0]()


def test_symbols_say_what_colours_say() -> None:
    """Without the style sheet each operation still begins with its symbol."""
    text = Reader(views.drift.drift_html(values.DRIFT)).text
    assert "+ add column users.plan" in text
    assert "- drop column users.email" in text
    assert "~ change users.id" in text


def test_an_empty_drift_is_a_sentence() -> None:
    """No drift is said, not left blank."""
    assert views.drift.NO_DRIFT in Reader(views.drift.drift_html(values.NO_DRIFT)).text


def test_a_run_shows_no_time_unless_asked() -> None:
    """The stored HTML of a run compares equal; the panel asks for milliseconds."""
    assert " ms" not in views.run.run_html(values.RUN)
    assert "1.2 ms" in views.run.run_html(values.RUN, times=True)


def test_a_run_of_many_statements_shows_the_first() -> None:
    """A data migration of 10,000 statements does not fill the notebook, and says what is left."""
    statements = tuple(Statement(f"SELECT {n}", 0.1, 1) for n in range(10_000))
    text = Reader(views.run.run_html(Run("upgrade", (), ("0001",), ("0001",), statements))).text
    assert "SELECT 99;" in text
    assert "SELECT 100;" not in text
    assert "and 9900 more statements" in text


def test_null_is_not_an_empty_text() -> None:
    """A missing value is shown as NULL, an empty text as nothing."""
    page = Reader(views.html.table_html(["a", "b"], [[None, ""]]))
    assert page.text == "abNULL"


def test_a_long_value_is_cut() -> None:
    """A value of 10 kB does not fill the screen, and shows that it was cut."""
    text = Reader(views.html.table_html(["a"], [["x" * 10_000]])).text
    assert len(text) == views.html.LONGEST_CELL + 1
    assert text.endswith("…")


@pytest.mark.parametrize(("length", "shown"), [(200, "x" * 200), (201, "x" * 199 + "…")])
def test_a_cell_shows_two_hundred_characters(length: int, shown: str) -> None:
    """A value of 200 characters is whole; a longer one ends with an ellipsis in its place."""
    assert views.html.cell("x" * length) == f"<td>{shown}</td>"


def test_an_alert_shows_only_what_it_was_given() -> None:
    """Without a cure or more there is no empty paragraph and nothing to unfold."""
    bare, full = views.html.alert("No.", ""), views.html.alert("No.", "Yes.", "More.")
    assert (bare.count("<p"), "<details" in bare) == (1, False)
    assert (full.count("<p>"), "<pre>More.</pre>" in full) == (1, True)


def test_details_are_folded_unless_they_are_opened() -> None:
    """Only what asks for it is unfolded."""
    assert "<details><summary>" in views.html.details("More", "")
    assert "<details open><summary>" in views.html.details("More", "", opened=True)


def test_only_the_first_tab_is_open() -> None:
    """The tabs share a short name, so that one of them is open at a time: at first, the first."""
    shown = views.html.tabs({"SQL": "a", "Code": "b", "Review": "c"})
    found = re.findall(r'<details name="sl-([0-9a-f]{8})"( open)?>', shown)
    assert len({name for name, _ in found}) == 1
    assert [state for _, state in found] == [" open", "", ""]


NUMBERS: dict[str, tuple[list[object], bool]] = {
    "integers and NULL": ([1, None], True),
    "integers and fractions": ([1, 2.5], True),
    "a text among them": ([1, "2"], False),
    "NULL alone": ([None, None], False),
    "truths": ([True, False], False),
    "nothing": ([], False),
}


@pytest.mark.parametrize("case", NUMBERS)
def test_the_head_of_numbers_stands_to_the_right(case: str) -> None:
    """A column is aligned right when each of its values is a number or NULL."""
    values, right = NUMBERS[case]
    mark = ' class="sl-number"' if right else ""
    assert f'<th scope="col"{mark}>n</th>' in views.html.table(["n"], [[each] for each in values])


def test_a_truth_is_no_number() -> None:
    """True is a word, aligned as words are."""
    truth: object = True
    assert views.html.cell(truth) == "<td>True</td>"


def test_a_table_has_a_caption_where_it_has_a_name() -> None:
    """A name becomes the caption, and without one there is no empty caption."""
    assert "<caption>users</caption>" in views.html.table(["id"], [], "users")
    assert "caption" not in views.html.table(["id"], [])


def test_code_keeps_its_lines() -> None:
    """Highlighting changes no character of the code."""
    code = "\n\ndef upgrade() -> None:\n    op.drop_table('a')\n\n"
    assert Reader(views.code.highlight(code)).text == code


def test_a_candidate_shows_functions_and_sql() -> None:
    """A candidate's page holds both functions and the SQL of three dialects."""
    text = Reader(views.candidate.candidate_html(candidate())).text
    for part in ("Create notes", "def upgrade()", "def downgrade()", "SERIAL", "AUTO_INCREMENT"):
        assert part in text


def test_a_candidate_says_its_functions_as_text() -> None:
    """The text of a candidate is its message, its operations and both functions."""
    lines = views.candidate.candidate_text(candidate()).splitlines()
    assert lines[:2] == ["Candidate: Create notes", "+ create table note"]
    assert "def upgrade() -> None:" in lines
    assert "def downgrade() -> None:" in lines


def test_a_dialect_that_cannot_say_it_shows_why() -> None:
    """A refused dialect leaves an error in its place."""
    piece = views.candidate.sql_piece(candidate(), "oracle")
    assert "No SQL for oracle." in piece
    assert 'role="alert"' in piece


def test_counts_that_change_stand_to_the_right() -> None:
    """A column of counts has its head and its cells to the right, also where one reads 3 → 5."""
    shown = views.html.table(["table", "rows"], [["users", "3 → 5"], ["teams", ""]], "", ["rows"])
    assert '<th scope="col">table</th><th scope="col" class="sl-number">rows</th>' in shown
    assert '<td>users</td><td class="sl-number">3 → 5</td>' in shown


@pytest.mark.parametrize("sign", ['"', "'", "<", ">", "&"])
def test_a_quote_does_not_end_an_attribute(sign: str) -> None:
    """I3: each sign that could end an attribute or begin a tag is written as a reference."""
    assert re.fullmatch(r"&#?\w+;", views.html.escape(sign))

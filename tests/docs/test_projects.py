"""docs/projects.md holds what `make projects` found on the projects of its list."""

import re

import pytest

from scripts.projects.comparing import NEITHER, RIGHT, STEPS, Result, Verdict, verdicts
from scripts.projects.listed import PROJECTS
from scripts.projects.page import BEGIN, COLUMNS, END, PAGE, RESULTS, TITLES, kept, written

TEXT = PAGE.read_text(encoding="utf-8")
RESULT = Result("Nova", "sqlite", "34.0.0", 10, 2.0, 1.0, {step: Verdict(RIGHT) for step in STEPS})


def rows() -> list[list[str]]:
    """Give the cells of the page's table, without its head."""
    lines = re.findall(r"^\| (.+) \|$", TEXT, re.MULTILINE)
    return [line.split(" | ") for line in lines]


def test_the_page_is_what_the_results_say() -> None:
    """Nobody has edited the table by hand, and no result is missing in it."""
    assert written(TEXT, kept()) == TEXT
    assert rows()[0] == list(COLUMNS)


def test_each_project_of_the_list_stands_on_the_page() -> None:
    """A project with each of its databases has a line, which says so where it was not run."""
    listed = {
        (f"{project.name} {project.version}", TITLES[dialect])
        for project in PROJECTS
        for dialect in project.dialects
    }
    assert {(row[0], row[1]) for row in rows()[2:]} == listed
    ran = {(f"{each.name} {each.version}", TITLES[each.dialect]) for each in kept()}
    unrun = {(row[0], row[1]) for row in rows()[2:] if row[2] == "not run"}
    assert unrun == listed - ran


def test_what_plain_alembic_can_run_opens_unmodified() -> None:
    """At least eleven projects open; where one does not, plain Alembic cannot run it either."""
    opened = {each.name for each in kept() if each.verdicts["open"].word == RIGHT}
    assert len(opened) >= 11
    others = [each for each in kept() if each.name not in opened]
    assert [each.name for each in others if each.verdicts["upgrade"].word != NEITHER] == []


def test_what_is_not_right_is_explained() -> None:
    """Each step that differs, is refused or fails has a reason in the list."""
    unexplained = [
        (result.name, result.dialect, step)
        for result in kept()
        for step, verdict in result.verdicts.items()
        if verdict.word not in (RIGHT, NEITHER)
        and not next(each for each in PROJECTS if each.name == result.name).reason(
            result.dialect, step
        )
    ]
    assert unexplained == []


def test_the_page_explains_each_step_of_its_table() -> None:
    """The text above the marks says what each column means."""
    words = TEXT.partition(BEGIN)[0]
    assert {step for step in STEPS if f"**{step}**" not in words} == set()
    assert END in TEXT
    assert RESULTS.is_file()


def test_a_page_is_written_between_its_marks() -> None:
    """The words stay; a project has its line."""
    page = written(f"Before.\n{BEGIN}old\n{END}\nAfter.\n", [RESULT])
    assert page.startswith("Before.\n")
    assert page.endswith("After.\n")
    assert "old" not in page
    assert "| Nova 34.0.0 | SQLite | 10 | right |" in page
    assert "| 2.0 (1.0) |" in page


@pytest.mark.parametrize("half", ["plain", "lab"])
def test_a_schema_that_lacks_a_line_differs(half: str) -> None:
    """The verdict on an upgrade compares the whole dump."""
    dumps = {"plain": ["a", "b"], "lab": ["a", "b"]}
    assert dict(verdicts(*_upgraded(dumps)))["upgrade"].word == "right"
    dumps[half] = ["a"]
    assert dict(verdicts(*_upgraded(dumps)))["upgrade"].word == "differs"


def _upgraded(dumps: dict[str, list[str]]) -> list[dict[str, dict[str, object]]]:
    return [{"upgrade": {"dump": dumps[half], "found": []}} for half in ("plain", "lab")]

"""What a cell can end with, in JupyterLab: for eyes and for axe-core, in both themes."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser import looking
from tests.browser.contrast import faint
from tests.browser.driving import JupyterLab, change_theme, press_tab_to, run_all
from tests.browser.reading import troubles

pytestmark = pytest.mark.browser

MODELS = """
import sqlalchemy as sa
from schema_lab import Field, Lab
from schema_lab.errors import InputError

lab = Lab.scratch()

class Team(lab.Model, table=True):
    __tablename__ = "teams"
    id: int | None = Field(default=None, primary_key=True)

class User(lab.Model, table=True):
    __tablename__ = "users"
    id: int | None = Field(default=None, primary_key=True)
    fullname: str = Field(max_length=20)
    team_id: int = Field(foreign_key="teams.id")
    active: bool | None = None

created = lab.autogenerate("Create teams and users").write()
run = lab.upgrade()
seeded = lab.seed(rows=3)

class User(lab.Model, table=True):
    __tablename__ = "users"
    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=20)
    team_id: int = Field(foreign_key="teams.id")
    plan: str
    active: bool | None = None

asking = lab.autogenerate("Rename")
candidate = lab.autogenerate("Rename").rename("users.fullname", "name").fill("users.plan", "free")
"""
DISPLAYS = {
    "status": "lab",
    "drift": "lab.drift()",
    "questions": "asking.questions",
    "candidate": "candidate",
    "same candidate": "candidate",
    "schema difference": "candidate.diff()",
    "findings": "asking.review()",
    "rehearsal": "candidate.rehearse()",
    "revision": "created",
    "run": "run",
    "seeded": "seeded",
    "history": "lab.history()",
    "rows": 'lab.rows("users")',
    "columns": 'lab.columns("users")',
    "query": 'lab.query("SELECT 1 AS one, NULL AS two")',
    "snapshots": 'lab.snapshot("before the plan"); lab.snapshots()',
    "round trip": "lab.roundtrip()",
    "steps": 'steps = lab.step_through("base"); step = next(steps); step',
    "all steps": "steps.close(); steps",
}
PLACES = list(DISPLAYS)
TEXTS = ".schema-lab :is(.sl-badge, .sl-symbol, .sl-kind, li, td, th, p, summary, .highlight span)"


@pytest.fixture(scope="module")
def shown(jupyter: JupyterLab, browser: BrowserContext) -> Iterator[Page]:
    """Run a cell for each display."""
    jupyter.write("displays.ipynb", [MODELS, *DISPLAYS.values()])
    page = browser.new_page()
    page.set_viewport_size({"width": 900, "height": 9000})  # so that JupyterLab draws every cell
    jupyter.open(page, "displays.ipynb")
    run_all(page)
    expect(page.locator(".schema-lab")).to_have_count(len(DISPLAYS))
    yield page
    change_theme(page, "JupyterLab Light")
    page.close()
    jupyter.stop_kernels()


def display(page: Page, name: str) -> Locator:
    """Find a display."""
    return page.locator(".schema-lab").nth(PLACES.index(name))


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_every_display_can_be_read(shown: Page, theme: str) -> None:
    """In both themes: contrast by 4.5 to 1, and nothing serious for axe-core."""
    change_theme(shown, f"JupyterLab {theme}")
    names = {f"display-{name.replace(' ', '-')}-{theme.lower()}": name for name in PLACES}
    looking.keep_each(shown, {file: display(shown, name) for file, name in names.items()})
    assert faint(shown, TEXTS) == []
    assert looking.violations(shown, ".schema-lab") == []


@pytest.mark.parametrize("width", [1400, 900, 480])
def test_no_text_of_a_display_covers_another(shown: Page, width: int) -> None:
    """At each width texts and controls lie beside or below each other, inside the display."""
    shown.set_viewport_size({"width": width, "height": 9000})
    try:
        names = {f"display-{name.replace(' ', '-')}-at-{width}": name for name in PLACES}
        looking.keep_each(shown, {file: display(shown, name) for file, name in names.items()})
        assert {name: found for name in PLACES if (found := troubles(display(shown, name)))} == {}
        for name in PLACES:
            assert looking.overlaps(display(shown, name)) == []
    finally:
        shown.set_viewport_size({"width": 900, "height": 9000})


def test_counts_stand_to_the_right(shown: Page) -> None:
    """In tables with counts or sizes head and digits stand to the right, each digit as wide."""
    for name, heads in {"rehearsal": ["rows", "NULLs", "lost"], "snapshots": ["size"]}.items():
        for head in heads:
            one = display(shown, name).get_by_role("columnheader", name=head, exact=True)
            assert one.evaluate("head => getComputedStyle(head).textAlign") == "right"
    digits = display(shown, "rehearsal").locator("td.sl-number").first
    assert digits.evaluate("cell => getComputedStyle(cell).fontVariantNumeric") == "tabular-nums"


def test_two_displays_of_one_candidate_each_show_a_section(shown: Page) -> None:
    """A section that is opened in one leaves the other with its first, not with none."""
    one, two = display(shown, "candidate"), display(shown, "same candidate")
    one.get_by_text("downgrade()", exact=True).click()
    expect(one.get_by_text("def downgrade()").first).to_be_visible()
    expect(two.get_by_text("def upgrade()").first).to_be_visible()
    two.get_by_text("SQL for MariaDB", exact=True).click()
    expect(two.get_by_text("MODIFY").first).to_be_visible()
    expect(one.get_by_text("def upgrade()").first).to_be_visible()


def test_the_keyboard_opens_a_section(shown: Page) -> None:
    """Tab leads from one title to the next, and Enter opens what it says."""
    one = display(shown, "candidate")
    titles = one.locator(".sl-tabs summary")
    titles.first.focus()
    press_tab_to(shown, one.get_by_text("SQL for PostgreSQL", exact=True))
    shown.keyboard.press("Enter")
    expect(one.get_by_text("ALTER").first).to_be_visible()
    expect(one.get_by_text("def upgrade()").first).to_be_hidden()


def test_a_frame_says_its_types_and_keys(shown: Page) -> None:
    """The head of a column has its type, its keys and whether it may be NULL, to the left."""
    head = display(shown, "rows").get_by_role("columnheader", name="team_id")
    assert head.inner_text().split("\n") == ["team_id", "INTEGER", "NOT NULL", "FK → teams.id"]
    name = display(shown, "rows").get_by_role("columnheader", name="fullname")
    assert name.evaluate("head => getComputedStyle(head).textAlign") == "left"

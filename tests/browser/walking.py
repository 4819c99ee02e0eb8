"""A panel in JupyterLab, and the test's own look at the same database."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import uuid4

from playwright.sync_api import BrowserContext, Locator, Page
from sqlmodel import Field

from schema_lab import Lab
from schema_lab.panels.presses import DOUBLE_CLICK_SECONDS
from tests.browser.driving import JupyterLab, run_all, wait_for_kernel, write_cell

CELL = """
from schema_lab import Field, Lab
lab = Lab({url!r}, config={root!r})
class User(lab.Model, table=True):
    __tablename__ = "users"
    id: int | None = Field(default=None, primary_key=True)
    email: str
    plan: str | None = Field(default=None, max_length=20)
lab.panel()
"""


@dataclass(frozen=True)
class Walk:
    """A panel in JupyterLab, and the test's own lab on the same project and database."""

    page: Page
    lab: Lab

    def version(self) -> list[str]:
        """List the rows of alembic_version."""
        return [one.id for one in self.lab.current()]

    def columns(self) -> list[str]:
        """List the columns of users as the database has them."""
        return list(self.lab.columns("users")["column"])

    def press(self, name: str) -> None:
        """Press the button of this name, once it can be pressed, and not as a double click."""
        self.page.wait_for_timeout(DOUBLE_CLICK_SECONDS * 1000)
        self.page.get_by_role("button", name=name, exact=True).click()

    def sees(self, text: str) -> None:
        """Wait until the panel shows a text."""
        self.panel.get_by_text(text).filter(visible=True).first.wait_for()

    def can_press(self, name: str) -> bool:
        """Tell whether the button of this name can be pressed."""
        return self.page.get_by_role("button", name=name, exact=True).is_enabled()

    @property
    def panel(self) -> Locator:
        """The panel on the page."""
        return self.page.locator(".sl-panel")


@dataclass(frozen=True)
class Desk:
    """A notebook open in a browser, whose only cell and kernel one test after the other uses."""

    page: Page
    failures: list[str]


@contextmanager
def desk_of(
    jupyter: JupyterLab, browser: BrowserContext, under: str = "doc/tree"
) -> Iterator[Desk]:
    """Open the notebook of a file of tests: a kernel takes seconds, a cell a fraction of one."""
    name = f"desk-{uuid4().hex}.ipynb"
    jupyter.write(name, [""])
    page = browser.new_page()
    desk = Desk(page, [])
    page.on("pageerror", lambda failure: desk.failures.append(str(failure)))
    try:
        jupyter.open(page, name, under)
        yield desk
    finally:
        page.close()
        jupyter.stop_kernels()


@contextmanager
def walking(desk: Desk, place: str = "sqlite") -> Iterator[Walk]:
    """Show a new panel, on a new project and database, in a page on which no script fails."""
    desk.failures.clear()
    lab = lab_with_users(place)
    url = lab.engine.url.render_as_string()
    write_cell(desk.page, CELL.format(url=url, root=str(lab.root)))
    run_all(desk.page)
    desk.page.locator(".sl-panel").wait_for()
    yield Walk(desk.page, lab)
    assert desk.failures == []


def lab_with_users(place: str) -> Lab:
    """Make a lab at its only revision, which creates users."""
    lab = Lab.scratch(place)

    class User(lab.Model, table=True):  # type: ignore[call-arg,misc,name-defined]
        __tablename__ = "users"
        id: int | None = Field(default=None, primary_key=True)
        email: str

    lab.autogenerate("Create users").write()
    lab.upgrade()
    return lab


def redefine(walk: Walk, *fields: str) -> None:
    """Run the cell of User again with other fields, as a person does in another cell."""
    lines = ["id: int | None = Field(default=None, primary_key=True)", *fields]
    body = "".join(f"    {line}\n" for line in lines)
    execute(walk.page, f'class User(lab.Model, table=True):\n    __tablename__ = "users"\n{body}')


def execute(page: Page, code: str) -> None:
    """Run code in the kernel of the page's notebook."""
    page.evaluate(
        """code => window.jupyterapp.shell.currentWidget.context.sessionContext
            .session.kernel.requestExecute({code}).done""",
        code,
    )


def run_cell(page: Page, number: int) -> None:
    """Run one cell of the page's notebook, counted from 0."""
    page.evaluate(
        """number => {
            window.jupyterapp.shell.currentWidget.content.activeCellIndex = number
            return window.jupyterapp.commands.execute('notebook:run-cell')
        }""",
        number,
    )
    wait_for_kernel(page)


def add_plans(walk: Walk) -> None:
    """Press Autogenerate and Write revision with a message."""
    walk.page.get_by_label("Message").fill("Add plans")
    walk.press("Autogenerate")
    walk.sees("Candidate: Add plans")
    walk.press("Write revision")
    walk.sees("✓ written")

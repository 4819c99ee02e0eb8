"""A panel in JupyterLab, and the test's own look at the same database."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import BrowserContext, Page
from sqlmodel import Field

from schema_lab import Lab
from tests.browser.driving import JupyterLab, run_all

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
        """Press the button of this name, once it can be pressed."""
        self.page.get_by_role("button", name=name, exact=True).click()

    def sees(self, text: str) -> None:
        """Wait until the panel shows a text."""
        self.page.locator(".sl-panel").get_by_text(text).first.wait_for()


@contextmanager
def walking(jupyter: JupyterLab, browser: BrowserContext) -> Iterator[Walk]:
    """Open a notebook with a panel in a page on which no script fails."""
    lab = lab_with_users()
    url = lab.engine.url.render_as_string()
    name = f"{lab.root.name}.ipynb"
    jupyter.write(name, [CELL.format(url=url, root=str(lab.root))])
    page = browser.new_page()
    failures: list[str] = []
    page.on("pageerror", lambda failure: failures.append(str(failure)))
    try:
        jupyter.open(page, name)
        run_all(page)
        page.locator(".sl-panel").wait_for()
        yield Walk(page, lab)
    finally:
        page.close()
        jupyter.stop_kernels()
    assert failures == []


def lab_with_users() -> Lab:
    """Make a lab at its only revision, which creates users."""
    lab = Lab.scratch()

    class User(lab.Model, table=True):  # type: ignore[call-arg,misc,name-defined]
        __tablename__ = "users"
        id: int | None = Field(default=None, primary_key=True)
        email: str

    lab.autogenerate("Create users").write()
    lab.upgrade()
    return lab


def add_plans(walk: Walk) -> None:
    """Press Autogenerate and Write revision with a message."""
    walk.page.get_by_label("Message").fill("Add plans")
    walk.press("Autogenerate")
    walk.sees("Candidate: Add plans")
    walk.press("Write revision")
    walk.sees("✓ written")

"""README's pictures, made from the real thing: `python -m scripts.screenshot`.

Starts JupyterLab on a notebook of its own, presses the panel's buttons as a person does, and writes
`docs/images/panel-light.png` and `docs/images/panel-dark.png`. Needs Chromium.
"""

import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser.driving import ROOT, change_theme, jupyterlab, launch, run_all

IMAGES = ROOT / "docs" / "images"
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}

BEFORE = """\
from datetime import datetime
from sqlalchemy import DateTime
from schema_lab import Field, Lab

lab = Lab.scratch()

class User(lab.Model, table=True):
    __tablename__ = "users"

    id: int | None = Field(default=None, primary_key=True)
    email: str = Field(max_length=255, unique=True)

class UserProfile(lab.Model, table=True):
    __tablename__ = "user_profiles"

    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="users.id")
    display_name: str = Field(max_length=100)

lab.autogenerate("Create users and profiles").write()
lab.upgrade()
with lab.engine.begin() as connection:
    people = {"ada": "Ada Lovelace", "grace": "Grace Hopper", "mary": "Mary Jackson"}
    users = [(key, f"{name}@example.org") for key, name in enumerate(people, start=1)]
    profiles = [(key, key, name) for key, name in enumerate(people.values(), start=1)]
    connection.exec_driver_sql("INSERT INTO users VALUES (?, ?)", users)
    connection.exec_driver_sql("INSERT INTO user_profiles VALUES (?, ?, ?)", profiles)
"""

SHOWN = """\
class UserProfile(lab.Model, table=True):
    __tablename__ = "user_profiles"

    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="users.id")
    display_name: str = Field(max_length=100)
    onboarding_screen: str | None = Field(default=None, max_length=50)
    onboarding_started_at: datetime | None = Field(default=None, sa_type=DateTime)

lab.panel()"""


def main() -> None:
    """Write both pictures. Changes docs/images/."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, jupyterlab(Path(folder)) as jupyter:
        jupyter.write("onboarding.ipynb", [BEFORE, SHOWN])
        with sync_playwright() as playwright:
            browser = launch(playwright)
            view = {"width": 1000, "height": 1900}
            page = browser.new_page(viewport=view, device_scale_factor=2)  # type: ignore[arg-type]
            jupyter.open(page, "onboarding.ipynb")
            run_all(page)
            _walk(page)
            for name, theme in THEMES.items():
                change_theme(page, theme)
                _shoot(page, IMAGES / f"panel-{name}.png")
            browser.close()


def _walk(page: Page) -> None:
    """Press the buttons from the drift to the upgraded database."""
    panel = page.locator(".sl-panel")
    page.get_by_label("Message").fill("Add onboarding tracking fields")
    for button, answer in {
        "Autogenerate": "Candidate:",
        "Write revision": "✓ written",
        "Upgrade": "✓ upgrade 0001 → 0002",
    }.items():
        page.get_by_role("button", name=button, exact=True).click()
        panel.get_by_text(answer).first.wait_for()


def _shoot(page: Page, path: Path) -> None:
    """Photograph the cell with the model and the panel, with nothing selected or hovered."""
    page.mouse.move(1, 1)
    page.wait_for_timeout(500)
    page.locator(".jp-Cell").last.screenshot(path=path)
    print(path.relative_to(ROOT))


if __name__ == "__main__":
    main()

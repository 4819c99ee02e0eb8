"""README's pictures, made from the real thing: `python -m scripts.screenshot`.

Starts JupyterLab on a notebook of its own, presses the panel's buttons as a person does, and writes
`panel-light.png`, `panel-dark.png` and the moving `tour.webp` to docs/images/. Needs Chromium.
"""

import tempfile
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Locator, Page, sync_playwright

from tests.browser.driving import ROOT, change_theme, jupyterlab, launch, run_all

IMAGES = ROOT / "docs" / "images"
WIDE, HIGH = 1120, 2600
"""Pixels of a page on which the whole panel has room."""

LAST_SHOWN = "Upgrade to head"
"""The button under which README's pictures end: so they fit into one screen."""

TOUR_WIDTH, TOUR_HEIGHT = 960, 720
"""Pixels of the tour's pictures."""

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


STEPS = {
    "Autogenerate": "Candidate:",
    "Write revision": "✓ written",
    "Upgrade": "✓ upgrade 0001 → 0002",
}
"""The buttons from the drift to the upgraded database, each with what is then to be seen."""

SHOWN_FOR = 2800
"""Milliseconds of one picture; six of them, the last for twice as long, take 20 seconds."""


def main() -> None:
    """Write the two pictures and the tour. Changes docs/images/."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, jupyterlab(Path(folder)) as jupyter:
        jupyter.write("onboarding.ipynb", [BEFORE, SHOWN])
        with sync_playwright() as playwright:
            browser = launch(playwright)
            view = {"width": WIDE, "height": HIGH}
            page = browser.new_page(viewport=view, device_scale_factor=1.5)  # type: ignore[arg-type]
            jupyter.open(page, "onboarding.ipynb")
            run_all(page)
            _write_tour(_walk(page), IMAGES / "tour.webp")
            browser.close()


def _walk(page: Page) -> list[Image.Image]:
    """Press the buttons up to the upgraded database and the question on the way back.

    Each state is pictured; README shows the one in which the revision is written.
    """
    pictures = [_picture(page, "drift:")]
    page.get_by_label("Message").fill("Add onboarding tracking fields")
    pictures.append(_picture(page, "drift:"))
    for button, answer in STEPS.items():
        _press(page, button)
        _sees(page, answer)
        pictures.append(_picture(page, answer))
        if button == "Write revision":
            _write_panel(page)
    return pictures + _look_back(page)


def _write_panel(page: Page) -> None:
    """Picture the model and the panel in both themes, down to the buttons that upgrade."""
    for name, theme in reversed(THEMES.items()):
        change_theme(page, theme)
        cell = _cell(page).bounding_box()
        last = page.get_by_role("button", name=LAST_SHOWN, exact=True).bounding_box()
        assert cell is not None
        assert last is not None
        below = last["y"] + last["height"] + 6
        path = IMAGES / f"panel-{name}.png"
        page.screenshot(path=path, clip={**cell, "height": below - cell["y"]})
        print(path.relative_to(ROOT))


def _look_back(page: Page) -> list[Image.Image]:
    """Picture what a step back asks."""
    _press(page, "Downgrade one")
    _sees(page, "Downgrade one drops:")
    return [_picture(page, "Downgrade one drops:")]


def _press(page: Page, name: str) -> None:
    page.wait_for_timeout(700)  # sooner, a second press would be a double click
    page.get_by_role("button", name=name, exact=True).click()


def _sees(page: Page, text: str) -> None:
    _text(page, text).wait_for()


def _text(page: Page, text: str) -> Locator:
    return page.locator(".sl-panel").get_by_text(text).filter(visible=True).first


def _cell(page: Page) -> Locator:
    """Give the cell with the model and the panel, with nothing selected or hovered."""
    page.mouse.move(1, 1)
    page.wait_for_timeout(500)
    return page.locator(".jp-Cell").last


def _picture(page: Page, about: str) -> Image.Image:
    """Picture the part of the cell around a text, as a person would have scrolled to it."""
    shot = Image.open(BytesIO(_cell(page).screenshot())).convert("RGB")
    shot = shot.resize((TOUR_WIDTH, shot.height * TOUR_WIDTH // shot.width))
    cell, text = _cell(page).bounding_box(), _text(page, about).bounding_box()
    assert cell is not None
    assert text is not None
    place = int((text["y"] - cell["y"]) * TOUR_WIDTH / cell["width"])
    top = max(0, min(place - TOUR_HEIGHT // 2, shot.height - TOUR_HEIGHT))
    frame = Image.new("RGB", (TOUR_WIDTH, TOUR_HEIGHT), "white")
    frame.paste(shot, (0, -top))
    return frame


def _write_tour(frames: list[Image.Image], path: Path) -> None:
    """Put the pictures one after the other, the last for twice as long."""
    shown = [SHOWN_FOR] * (len(frames) - 1) + [2 * SHOWN_FOR]
    frames[0].save(
        path, save_all=True, append_images=frames[1:], duration=shown, loop=0, quality=70, method=6
    )
    print(f"{path.relative_to(ROOT)}: {len(frames)} pictures, {path.stat().st_size // 1024} kB")


if __name__ == "__main__":
    main()

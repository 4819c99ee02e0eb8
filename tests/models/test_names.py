"""Names in modules follow their classes."""

import sys
from types import ModuleType

import pytest

from tests.models.conftest import POST, POST_WITHOUT_BODY, USER, Cells


def test_a_package_that_hands_a_class_on_follows(
    cells: Cells, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The package above the module of a class is kept up to date too."""
    package = ModuleType("shop")
    cells.module.__name__ = "shop.models"
    monkeypatch.setitem(sys.modules, "shop", package)
    monkeypatch.setitem(sys.modules, "shop.models", cells.module)
    cells.run(USER, POST)
    vars(package)["User"] = cells["User"]
    cells.run(POST_WITHOUT_BODY)
    assert vars(package)["User"] is cells.models["User"]


def test_the_notebook_follows_an_imported_class(
    cells: Cells, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A class that a notebook has imported is kept up to date there."""
    cells.run(USER, POST)
    monkeypatch.setattr("__main__.User", cells["User"], raising=False)
    cells.run(POST_WITHOUT_BODY)
    assert vars(sys.modules["__main__"])["User"] is cells.models["User"]


def test_a_name_given_to_something_else_is_left_alone(cells: Cells) -> None:
    """A variable that happens to bear the name of a class is not overwritten."""
    cells.run(USER, POST)
    vars(cells.module)["User"] = "Ada"
    cells.run(POST_WITHOUT_BODY)
    assert cells["User"] == "Ada"

"""Former generations are let go."""

import gc
import weakref

import pytest
from sqlalchemy.orm import registry

from schema_lab.errors import ModelError
from schema_lab.models import ModelSet
from tests.models.conftest import POST, POST_WITHOUT_BODY, USER, Cells
from tests.models.test_forms import FORMS


def living_registries() -> int:
    """Count the registries that nothing has freed."""
    gc.collect()
    return sum(isinstance(each, registry) for each in gc.get_objects())


def test_two_hundred_redefinitions_leave_one_generation(cells: Cells) -> None:
    """The registries of former generations are freed."""
    cells.run(USER, POST)
    before = living_registries()
    for _ in range(100):
        cells.run(POST_WITHOUT_BODY, POST)
    assert living_registries() == before


def test_two_hundred_failures_leave_one_generation(cells: Cells) -> None:
    """So are those of generations that never came to be."""
    cells.run(USER, POST)
    before = living_registries()
    for _ in range(200):
        with pytest.raises(ModelError):
            cells.run(POST.replace('"posts")', '"articles")'))
    assert living_registries() == before


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_a_former_class_is_freed(cells: Cells, form: str) -> None:
    """No form of writing a model keeps the former class alive."""
    cells.run(form)
    former = weakref.ref(cells["Part"])
    cells.run(form, form)
    gc.collect()
    assert former() is None


def test_a_set_is_freed_with_its_last_reference() -> None:
    """A set that nobody holds goes, with its classes and tables."""
    models = weakref.ref(ModelSet())
    gc.collect()
    assert models() is None

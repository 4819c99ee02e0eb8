"""Safe ways to write the same change. A person chooses a recipe; no question asks for it."""

from collections.abc import Callable
from dataclasses import dataclass

from alembic.operations import ops

from schema_lab.candidate.questions.live_database import LiveDatabase
from schema_lab.candidate.questions.question import Answer, Value
from schema_lab.candidate.recipes.expansion import contract, expand
from schema_lab.candidate.recipes.online import concurrently, not_valid
from schema_lab.candidate.render.script import NoteOp

__all__ = ["EARLY", "RECIPES", "Recipe", "contract", "follow"]


@dataclass(frozen=True)
class Recipe:
    """The kind of an answer, and the function that changes the upgrade by such an answer.

    The function raises an InputError when the change does not contain what the answer is about.
    """

    kind: str
    apply: Callable[[ops.UpgradeOps, str, Value, LiveDatabase], None]


def _allow(upgrade: ops.UpgradeOps, about: str, value: Value, live: LiveDatabase) -> None:
    """Put a comment at the top: `about` is the code of a finding, `value` the reason."""
    upgrade.ops.insert(0, NoteOp(f"schema_lab: allow {about}: {' '.join(' '.join(value).split())}"))


EARLY = (Recipe("expand", expand),)
"""These run before the questions, which they answer."""
RECIPES = (
    Recipe("not_valid", not_valid),
    Recipe("concurrently", concurrently),
    Recipe("allow", _allow),
)
"""In this order, so that the comments of `allow` come first in the script."""


def follow(
    upgrade: ops.UpgradeOps,
    answers: tuple[Answer, ...],
    change: str,
    live: LiveDatabase,
    recipes: tuple[Recipe, ...] = RECIPES,
) -> None:
    """Rewrite an upgrade by the recipes that were chosen for this change."""
    for recipe in recipes:
        for answer in answers:
            if answer.kind == recipe.kind and answer.change == change:
                recipe.apply(upgrade, answer.about, answer.value, live)

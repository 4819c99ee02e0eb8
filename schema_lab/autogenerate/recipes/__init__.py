"""Safe ways to write the same change: one file each, chosen by a person, not asked."""

from typing import Protocol

from alembic.operations import ops

from schema_lab.autogenerate.questions.live import Live
from schema_lab.autogenerate.questions.question import Answer, Value
from schema_lab.autogenerate.recipes import allow, concurrently, expand, not_valid
from schema_lab.autogenerate.recipes.contract import contract

__all__ = ["EARLY", "RECIPES", "Recipe", "contract", "follow"]


class Recipe(Protocol):
    """What a file of this folder offers; `apply` changes the operations of the upgrade.

    It raises an InputError where the change has nothing that `about` names.
    """

    @property
    def KIND(self) -> str: ...  # noqa: N802, D102

    def apply(  # noqa: D102
        self, upgrade: ops.UpgradeOps, about: str, value: Value, live: Live
    ) -> None: ...


EARLY: tuple[Recipe, ...] = (expand,)
"""These come before the questions, which they answer."""
RECIPES: tuple[Recipe, ...] = (not_valid, concurrently, allow)
"""In this order; the comments of `allow` come to stand above all else."""


def follow(
    upgrade: ops.UpgradeOps,
    answers: tuple[Answer, ...],
    change: str,
    live: Live,
    recipes: tuple[Recipe, ...] = RECIPES,
) -> None:
    """Rewrite an upgrade by the recipes that were chosen for this very change."""
    for recipe in recipes:
        for answer in answers:
            if answer.kind == recipe.KIND and answer.change == change:
                recipe.apply(upgrade, answer.about, answer.value, live)

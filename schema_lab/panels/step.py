"""A step: one upgrade or downgrade, as a button names it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """One upgrade or downgrade, as a button names it."""

    name: str
    direction: str
    target: str

    @property
    def button(self) -> str:
        """The name that stands on its button."""
        return self.name[:1].upper() + self.name[1:]


UPGRADE = Step("upgrade", "upgrade", "head")
UPGRADE_ONE = Step("upgrade one", "upgrade", "+1")
DOWNGRADE_ONE = Step("downgrade one", "downgrade", "-1")

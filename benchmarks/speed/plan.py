"""How much is measured: all of it for the page, or a little to see that it works."""

from dataclasses import dataclass

DIALECTS = ("sqlite", "postgresql", "mariadb")


@dataclass(frozen=True)
class Plan:
    """The dialects, the sizes and the rounds of a run.

    The second shape stays small, and the largest size has fewer rounds, so that a whole run takes
    a quarter of an hour.
    """

    dialects: tuple[str, ...] = DIALECTS
    sizes: tuple[int, ...] = (10, 100, 1000)
    hub_sizes: tuple[int, ...] = (10, 100)
    rounds: int = 7
    rounds_at_large: int = 5
    rounds_of_progress: int = 30
    revisions: int = 100
    listed: int = 5000
    imports: int = 11
    warm: int = 2
    settling: float = 2.5
    """Seconds after which nobody takes what was just made for what is still being made."""

    django: bool = True

    def rounds_of(self, size: int) -> int:
        """Give the rounds for a number of tables."""
        return self.rounds_at_large if size >= 1000 else self.rounds


QUICK = Plan(
    dialects=("sqlite",),
    sizes=(10,),
    hub_sizes=(),
    rounds=1,
    rounds_of_progress=2,
    revisions=3,
    listed=10,
    imports=1,
    warm=0,
    settling=0.0,
    django=False,
)
"""Enough for a table and a plot from real figures; these say little."""

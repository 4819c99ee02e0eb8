"""The nouns: noise, and all noise of a comparison."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from schema_lab.autogenerate.noise.difference import Difference
from schema_lab.views import noise as view

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Noise:
    """A difference that stays after its own migration ran.

    `about` names the column, index or constraint with its table; `why` says which dialect does
    it and why; `entry` is how the project's configuration spells it; `ignored` says that it
    stands there, and `why` is then "".
    """

    about: str
    sentence: str
    why: str
    entry: str
    ignored: bool = False

    @classmethod
    def ignored_one(cls, difference: Difference, dialect: str) -> Noise:
        """Name a difference that the project ignores."""
        entry = difference.entry(dialect)
        return cls(difference.about, difference.sentence, "", entry, ignored=True)

    @property
    def call(self) -> str:
        """The call that leaves it out of every comparison of this project, or takes it in again."""
        verb = "stop_ignoring" if self.ignored else "ignore"
        return f"lab.{verb}({self.about!r})"


@dataclass(frozen=True)
class Noises:
    """All noise of a drift; false when there is none."""

    all: tuple[Noise, ...] = ()

    @property
    def frame(self) -> pd.DataFrame:
        """The noise as a table.

        Returns
        -------
        DataFrame
            Columns about, difference, why, call (str); a row for each difference.
        """
        import pandas as pd

        rows = [(one.about, one.sentence, one.why, one.call) for one in self.all]
        return pd.DataFrame(rows, columns=["about", "difference", "why", "call"])

    def __iter__(self) -> Iterator[Noise]:
        return iter(self.all)

    def __len__(self) -> int:
        return len(self.all)

    def __repr__(self) -> str:
        return view.text(self.all)

    def _repr_html_(self) -> str:
        return view.html(self.all)

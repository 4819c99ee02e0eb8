"""What must be distinct in a table: which keys are taken, and the next that are free."""

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any

from schema_lab.migrate.seed.plan import Names

Row = dict[str, Any]

_MOST_COMBINATIONS = 200_000


class NoMore(Exception):  # noqa: N818 - the end of the supply, not an error
    """There is no further row: what must be distinct is used up."""


class Keys:
    """The keys of a table, with all that they hold.

    Parameters
    ----------
    primary
        The one in which NULL is no exception.
    used
        What each key holds already, as `spelled` spells it.
    combinations
        Gives a walk through all that a key can hold.
    """

    def __init__(
        self,
        primary: Names,
        used: Mapping[Names, set[Any]],
        combinations: Callable[[Names], Iterator[Row]],
    ) -> None:
        self._primary, self._combinations = primary, combinations
        self._used = {key: set(values) for key, values in used.items()}
        self._walks: dict[Names, Iterator[Row]] = {}

    def __len__(self) -> int:
        return len(self._used)

    def highest(self, key: Names) -> int:
        """Give the highest number in a key of one whole number; 0 where there is none."""
        return max((one[0] for one in self._used.get(key, ())), default=0)

    def taken(self, row: Row) -> Names | None:
        """Give a key that another row has; one with a NULL counts only if it is primary."""
        for key, known in self._used.items():
            if any(row.get(name) is None for name in key) and key != self._primary:
                continue
            if _spelled(row, key) in known:
                return key
        return None

    def take(self, row: Row) -> None:
        """Let the keys of a row be taken."""
        for key, known in self._used.items():
            known.add(_spelled(row, key))

    def release(self, row: Row) -> None:
        """Let the keys of a row that the database refused be used again."""
        for key, known in self._used.items():
            known.discard(_spelled(row, key))
        self._walks.clear()  # what they have passed may be free again

    def move_on(self, row: Row, key: Names) -> None:
        """Give a row the next combination of values that no row has in this key.

        Raises
        ------
        NoMore
            When there is none.
        """
        walk = self._walks.get(key)
        if walk is None:
            walk = self._walks[key] = islice(self._combinations(key), _MOST_COMBINATIONS)
        for values in walk:
            agreed = {**row, **values}
            if _spelled(agreed, key) not in self._used[key]:
                row.update(values)
                return
        raise NoMore(f"distinct {', '.join(key)}")


def _spelled(row: Row, key: Names) -> tuple[Any, ...]:
    return spelled(tuple(row.get(name) for name in key))


def spelled(values: tuple[Any, ...]) -> tuple[Any, ...]:
    """Spell a key such that what some database takes for equal is equal.

    Examples
    --------
    >>> spelled(("Ann ", 1)) == spelled(("ann", 1))
    True
    """
    return tuple(map(_plainly, values))


def _plainly(value: Any) -> Any:
    if isinstance(value, str):
        return value.casefold().rstrip()
    return repr(value) if isinstance(value, dict | list | set) else value

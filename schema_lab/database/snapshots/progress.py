"""A bar for copies that take a while; small ones stay silent, so that notebooks read the same."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

SMALL = 5_000_000
"""Bytes up to which a copy shows no bar."""


@dataclass
class Bar:
    """Shows how many bytes are done, of how many (None: not known)."""

    title: str
    total: int | None = None
    _shown: Any = field(default=None, repr=False)

    def at(self, done: int) -> None:
        """Show that so many bytes are done."""
        if self._shown is None and (self.total or done) > SMALL:
            from tqdm.auto import tqdm

            self._shown = tqdm(desc=self.title, total=self.total, unit="B", unit_scale=True)
        if self._shown is not None:
            self._shown.update(done - self._shown.n)

    def close(self) -> None:
        """Leave the bar as it stands."""
        if self._shown is not None:
            self._shown.close()


@contextmanager
def bar(title: str, total: int | None = None) -> Iterator[Bar]:
    """Give a bar that is closed at the end."""
    shown = Bar(title, total)
    try:
        yield shown
    finally:
        shown.close()


def counted(pieces: Iterator[bytes], title: str, total: int | None = None) -> Iterator[bytes]:
    """Pass pieces on and show how many bytes have gone by."""
    done = 0
    with bar(title, total) as shown:
        for piece in pieces:
            yield piece
            done += len(piece)
            shown.at(done)

"""An engine for as long as a block lasts; Python 3.13 complains of a connection left open."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa


@contextmanager
def engine_of(url: str | sa.URL = "sqlite://", **options: Any) -> Iterator[sa.Engine]:
    """Give an engine, and close its connections afterwards."""
    engine = sa.create_engine(url, **options)
    try:
        yield engine
    finally:
        engine.dispose()

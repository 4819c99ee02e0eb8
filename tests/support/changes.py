"""Changes for the tests of rules: operations as a script writes them, against real tables."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from schema_lab.review import Change, Finding, LiveFacts, found_in
from schema_lab.review.change import Given
from schema_lab.schema.frames.reading import reading


@contextmanager
def live(engine: sa.Engine) -> Iterator[LiveFacts]:
    """Ask an engine's database, as a review does."""
    with reading(engine) as connection:
        yield LiveFacts(connection)


def findings(
    code: str, engine: sa.Engine | None, *upgrade: Given, dialect: str = "sqlite", **more: object
) -> list[Finding]:
    """Review operations on an engine's database, or on none; give what has the code."""
    if engine is None:
        change = Change.of(upgrade, dialect=dialect, **more)  # type: ignore[arg-type]
        return [one for one in found_in(change) if one.code == code]
    with live(engine) as seen:
        change = Change.of(upgrade, dialect=engine.dialect.name, live=seen, **more)  # type: ignore[arg-type]
        return [one for one in found_in(change) if one.code == code]

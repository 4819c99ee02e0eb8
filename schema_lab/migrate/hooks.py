"""What a caller may hang onto a migration: told of each revision and statement, asked to stop."""

from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa

from schema_lab.migrate.run import Statement
from schema_lab.migrate.start import Allow

OnRevision = Callable[[str, int, int], None]
"""Called after each revision with its id, how many are done, and how many there are."""

OnStatement = Callable[[sa.Connection, str, str, Statement], None]
"""Called after each statement of a revision: connection, revision, direction, statement."""

Cancelled = Callable[[], bool]
"""Says whether the migration shall stop; asked where stopping leaves no revision in half."""


@dataclass(frozen=True)
class Hooks:
    """What a caller may hang onto an attempt."""

    on_revision: OnRevision | None = None
    on_statement: OnStatement | None = None
    cancelled: Cancelled | None = None
    allow: Allow | None = None


NO_HOOKS = Hooks()

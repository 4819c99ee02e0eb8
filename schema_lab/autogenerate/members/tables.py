"""The models' tables of a context. Read-only."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext


def tables_of(context: MigrationContext) -> Iterator[sa.Table]:
    """Give every table of the models, of one metadata or of several."""
    metadata: Any = context.opts["target_metadata"]
    for one in metadata if isinstance(metadata, list | tuple) else [metadata]:
        if one is not None:
            yield from one.tables.values()

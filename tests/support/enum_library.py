"""Operations of alembic-postgresql-enum, without the comparison that its import puts into Alembic.

Every later autogenerate in this process would have it, and tests of other things would differ.
"""

from alembic.autogenerate import comparators

_before = {key: list(kept) for key, kept in comparators._registry.items()}

from alembic_postgresql_enum import TableReference  # noqa: E402 - see above
from alembic_postgresql_enum.operations.sync_enum_values import SyncEnumValuesOp  # noqa: E402

comparators._registry.clear()
comparators._registry.update(_before)

__all__ = ["SyncEnumValuesOp", "TableReference"]

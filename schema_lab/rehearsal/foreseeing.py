"""How long the statements of a sample may take on the real tables, and how large those are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlglot import exp

from schema_lab.history import Environment, as_lab_errors
from schema_lab.rehearsal.copies import TableKey
from schema_lab.rehearsal.lineage import parsed
from schema_lab.rehearsal.values import Performed

_ESTIMATES = {
    "postgresql": sa.text(
        "SELECT n.nspname = current_schema(), n.nspname, c.relname, c.reltuples::bigint"
        " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r'"
    ),
    "mysql": sa.text(
        "SELECT TRUE, table_schema, table_name, table_rows FROM information_schema.tables"
        " WHERE table_schema = DATABASE()"
    ),
}


@dataclass(frozen=True)
class Size:
    """How many rows of a table were taken, of how many; on servers those are their estimate."""

    table: str
    taken: int
    rows: int

    @property
    def factor(self) -> float:
        """By how much the real table is larger."""
        return max(1.0, self.rows / self.taken) if self.taken else 1.0


def sizes_of(environment: Environment, sampled: Mapping[TableKey, int]) -> tuple[Size, ...]:
    """Ask the live database how large the sampled tables are. Read-only."""
    with as_lab_errors(environment.url), environment.engine.connect() as connection:
        known = _estimated(connection)
        return tuple(
            Size(".".join(filter(None, key)), taken, max(taken, _rows(connection, key, known)))
            for key, taken in sampled.items()
        )


def _rows(connection: sa.Connection, key: TableKey, known: Mapping[TableKey, int]) -> int:
    estimate = known.get(key, -1)
    if estimate >= 0:
        return estimate
    counted = sa.select(sa.func.count()).select_from(sa.table(key[1], schema=key[0]))
    return int(connection.scalar(counted) or 0)


def _estimated(connection: sa.Connection) -> dict[TableKey, int]:
    name = "mysql" if connection.dialect.name == "mariadb" else connection.dialect.name
    if name not in _ESTIMATES:
        return {}
    found = connection.execute(_ESTIMATES[name]).all()
    return {(None if here else schema, table): rows or 0 for here, schema, table, rows in found}


def foreseen(
    statements: Sequence[Performed], sizes: Sequence[Size], dialect: str
) -> tuple[Performed, ...]:
    """Put to each statement what it may take on the real tables, in proportion to their rows."""
    factors = {size.table.rpartition(".")[2].casefold(): size.factor for size in sizes}
    return tuple(
        replace(one, foreseen=one.milliseconds * _factor(one.sql, factors, dialect))
        for one in statements
    )


def _factor(sql: str, factors: Mapping[str, float], dialect: str) -> float:
    named = [
        table.name.casefold().removeprefix("_alembic_tmp_")
        for tree in parsed(sql, dialect)
        for table in tree.find_all(exp.Table)
    ]
    return max((factors.get(name, 1.0) for name in named), default=1.0)


def sentence(sizes: Sequence[Size]) -> str:
    """Say what the sample is of."""
    listed = ", ".join(
        f"{s.taken} of {s.rows} rows of {s.table}" for s in sizes if s.rows > s.taken
    )
    return (
        f"Only a sample was rehearsed: {listed or 'all rows, for the tables are small'}. "
        "All counts are of the sample; times on the real tables are foreseen in proportion."
    )

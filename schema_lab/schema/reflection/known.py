"""A connection with cached replies to some statements, which asks the database all others.

SQLAlchemy's dialects reflect a table with a dozen small statements. With the replies read before,
in one query for each kind, the dialect's own code still says what a table is, and asks nothing.
What it says stays in the cache of the Inspector.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import IteratorResult
from sqlalchemy.engine.reflection import ObjectKind, ObjectScope
from sqlalchemy.engine.result import SimpleResultMetaData

Statement = tuple[str, tuple[Any, ...]]
"""A statement and its parameters."""

Rows = Sequence[tuple[Any, ...]]


@dataclass(frozen=True)
class CachedReply:
    """The rows that a statement gives."""

    columns: SimpleResultMetaData
    rows: Rows


@dataclass(frozen=True)
class CachingConnection:
    """A connection for a dialect's reflection.

    Examples
    --------
    >>> with sa.create_engine("sqlite://").connect() as connection:
    ...     replies = replies_to({("PRAGMA x", ()): [(7,)]}, ["n"])
    ...     known = CachingConnection(connection, replies)
    ...     known.exec_driver_sql("PRAGMA x").all(), known.exec_driver_sql("SELECT 8").scalar()
    ([(7,)], 8)
    """

    connection: sa.Connection
    replies: Mapping[Statement, CachedReply]

    def exec_driver_sql(self, statement: str, parameters: Any = None) -> sa.Result[Any]:
        """Give what is known, or what the database says."""
        known = self.replies.get((statement, parameters or ()))
        if known is None:
            return self.connection.exec_driver_sql(statement, parameters)
        return IteratorResult(known.columns, iter(known.rows))

    def execution_options(self, **options: Any) -> "CachingConnection":
        """Set options of the connection, which stays this one."""
        self.connection.execution_options(**options)
        return self

    def __getattr__(self, name: str) -> Any:
        """Be the connection in all else."""
        return getattr(self.connection, name)


def replies_to(
    rows: Mapping[Statement, Rows], columns: Iterable[str]
) -> dict[Statement, CachedReply]:
    """Give the replies to statements whose results have the same columns."""
    described = SimpleResultMetaData(list(columns))
    return {statement: CachedReply(described, found) for statement, found in rows.items()}


COLUMNS = "get_multi_columns"
EVERYTHING = (
    COLUMNS,
    "get_multi_pk_constraint",
    "get_multi_foreign_keys",
    "get_multi_indexes",
    "get_multi_unique_constraints",
    "get_multi_check_constraints",
    "get_multi_table_options",
)


def reflect_known(
    inspector: sa.Inspector,
    tables: frozenset[str],
    replies: Mapping[Statement, CachedReply],
    kinds: Iterable[str] = EVERYTHING,
) -> None:
    """Let the Inspector's dialect reflect tables, and the Inspector keep what it says.

    What cannot be read here is left out: the Inspector asks again, and says why.
    """
    known: Any = CachingConnection(inspector.bind, replies)  # type: ignore[arg-type]
    for kind in kinds:
        with suppress(sa.exc.SQLAlchemyError, NotImplementedError):
            reflect = getattr(inspector.dialect, kind)
            for _ in reflect(
                known,
                schema=None,
                filter_names=tables,
                kind=ObjectKind.TABLE,
                scope=ObjectScope.DEFAULT,
                info_cache=inspector.info_cache,
            ):
                pass

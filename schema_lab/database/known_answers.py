"""A connection that knows the answers to some statements, and asks the database all others.

SQLAlchemy's dialects reflect a table with a dozen small statements. With the answers read before,
in one query for each kind, the dialect's own code still says what a table is, and asks nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import IteratorResult
from sqlalchemy.engine.result import SimpleResultMetaData

Statement = tuple[str, tuple[Any, ...]]
"""A statement and its parameters."""

Rows = Sequence[tuple[Any, ...]]


@dataclass(frozen=True)
class Answer:
    """The rows that a statement gives."""

    columns: SimpleResultMetaData
    rows: Rows


@dataclass(frozen=True)
class KnownAnswers:
    """A connection for a dialect's reflection.

    Examples
    --------
    >>> with sa.create_engine("sqlite://").connect() as connection:
    ...     answers = answers_to({("PRAGMA x", ()): [(7,)]}, ["n"])
    ...     known = KnownAnswers(connection, answers)
    ...     known.exec_driver_sql("PRAGMA x").all(), known.exec_driver_sql("SELECT 8").scalar()
    ([(7,)], 8)
    """

    connection: sa.Connection
    answers: Mapping[Statement, Answer]

    def exec_driver_sql(self, statement: str, parameters: Any = None) -> sa.Result[Any]:
        """Give what is known, or what the database says."""
        known = self.answers.get((statement, parameters or ()))
        if known is None:
            return self.connection.exec_driver_sql(statement, parameters)
        return IteratorResult(known.columns, iter(known.rows))

    def execution_options(self, **options: Any) -> "KnownAnswers":
        """Set options of the connection, which stays this one."""
        self.connection.execution_options(**options)
        return self

    def __getattr__(self, name: str) -> Any:
        """Be the connection in all else."""
        return getattr(self.connection, name)


def answers_to(rows: Mapping[Statement, Rows], columns: Iterable[str]) -> dict[Statement, Answer]:
    """Give the answers to statements whose results have the same columns."""
    described = SimpleResultMetaData(list(columns))
    return {statement: Answer(described, found) for statement, found in rows.items()}

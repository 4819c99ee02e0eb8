"""What a database has said of its schema, said again from memory while the schema is the same.

A comparison asks a dozen small questions about each table that it looks at, and the next one, of
the same table, the same questions. On a server each is a round trip. Whoever asks decides how long
the answers are good: see docs/decisions/0016-answers-about-the-schema-are-remembered.md.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine.cursor import FullyBufferedCursorFetchStrategy

_OPTION = "schema_lab_remembered"
_MOST = 2_000
"""Of so many statements the answers are kept: those of some hundred tables."""

Statement = tuple[str, str]
"""A statement, and its parameters as they are spelled."""


@dataclass(frozen=True)
class _Answer:
    """What the driver gave: its description of the columns, and the rows."""

    description: Any
    rows: list[Any]


@dataclass
class Remembered:
    """Statements about the schema that were answered before.

    Examples
    --------
    >>> engine, remembered = with_memory(sa.create_engine("sqlite://")), Remembered()
    >>> with engine.connect() as connection, remembered.answering(connection):
    ...     before, after = [connection.scalar(sa.text("SELECT random()")) for _ in range(2)]
    >>> before == after
    True
    """

    answers: dict[Statement, _Answer] = field(default_factory=dict)

    def forget(self) -> None:
        """Let every statement be asked again."""
        self.answers.clear()

    @contextmanager
    def answering(self, connection: sa.Connection) -> Iterator[None]:
        """Answer what a connection asks meanwhile, or note what the database says.

        Only statements that read the schema may be asked; rows of tables change unseen.
        """
        connection.execution_options(**{_OPTION: self})
        try:
            yield
        finally:
            connection.execution_options(**{_OPTION: None})


@contextmanager
def asking_anew(connection: sa.Connection) -> Iterator[None]:
    """Ask the database itself meanwhile, whatever is remembered."""
    remembered = connection.get_execution_options().get(_OPTION)
    connection.execution_options(**{_OPTION: None})
    try:
        yield
    finally:
        connection.execution_options(**{_OPTION: remembered})


def with_memory(engine: sa.Engine) -> sa.Engine:
    """Let the connections of an engine be answered from memory, and give it back."""
    event.listen(engine, "do_execute", _answer)
    event.listen(engine, "do_execute_no_params", _answer_plain)
    return engine


def _answer_plain(cursor: Any, statement: str, context: Any) -> bool | None:
    return _answer(cursor, statement, None, context)


def _answer(cursor: Any, statement: str, parameters: Any, context: Any) -> bool | None:
    """Execute in the place of the dialect, if the connection is to be answered from memory."""
    remembered = context.execution_options.get(_OPTION)
    if remembered is None:
        return None
    asked = (statement, repr(parameters))
    answer = remembered.answers.get(asked)
    if answer is None:
        _execute(cursor, statement, parameters, context)
        if cursor.description is None:
            return True
        answer = _Answer(cursor.description, list(cursor.fetchall()))
        if len(remembered.answers) >= _MOST:
            remembered.forget()
        remembered.answers[asked] = answer
    context.cursor_fetch_strategy = FullyBufferedCursorFetchStrategy(
        cursor, answer.description, answer.rows
    )
    return True


def _execute(cursor: Any, statement: str, parameters: Any, context: Any) -> None:
    if parameters is None:
        context.dialect.do_execute_no_params(cursor, statement, context)
    else:
        context.dialect.do_execute(cursor, statement, parameters, context)

"""A connection that stands for none: it notes the SQL that it gets, and has no rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy.inspection import _inspects


class NeedsDatabaseError(Exception):
    """Code asks for something that only a database can answer."""


class NoRowsConnection:
    """What `op.get_bind()` gives while a script is recorded.

    Parameters
    ----------
    dialect
        The dialect for which the script is recorded.
    note
        Called with each statement that is executed.
    asked
        Called whenever code reads rows or asks what is there; there is nothing.
    """

    def __init__(
        self, dialect: sa.Dialect, note: Callable[[Any], None], asked: Callable[[str], None]
    ) -> None:
        self.dialect = dialect
        self._note, self._asked = note, asked

    @property
    def engine(self) -> NoRowsConnection:
        """Itself, so that `bind.engine.dialect` and `bind.engine.connect()` work."""
        return self

    def execute(self, statement: Any, *arguments: Any, **options: Any) -> NoRows:
        """Note a statement."""
        self._note(statement)
        return NoRows(self._asked)

    exec_driver_sql = execute

    def scalar(self, statement: Any, *arguments: Any, **options: Any) -> None:
        """Note a statement, and that its value was read."""
        self.execute(statement).scalar()

    def scalars(self, statement: Any, *arguments: Any, **options: Any) -> NoRows:
        """Note a statement whose values are read."""
        return self.execute(statement)

    def _run_ddl_visitor(self, visitor: Any, element: Any, **options: Any) -> None:
        """Note what `sa.Enum(…).create(bind)` and `metadata.create_all(bind)` would run."""
        if options.get("checkfirst"):
            self.asks_what_is_there()
        visitor(self.dialect, self, **{**options, "checkfirst": False}).traverse_single(element)

    def schema_for_object(self, part: Any) -> Any:
        """Give the schema of a table or type: none is translated."""
        return part.schema

    def connect(self, *arguments: Any, **options: Any) -> NoRowsConnection:
        """Give itself: there is but one."""
        return self

    begin = begin_nested = execution_options = connect

    def commit(self) -> None:
        """Do nothing: nothing was begun."""

    rollback = close = commit

    def in_transaction(self) -> bool:
        """Say that a transaction is open, as it is while a migration runs."""
        return True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def asks_what_is_there(self) -> None:
        """Note that code wants to know tables, columns or indexes."""
        self._asked("what is there")

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise NeedsDatabaseError(f"asks the connection for {name}")


class NoRows:
    """The result of a statement that ran nowhere."""

    rowcount = 0

    def __init__(self, asked: Callable[[str], None]) -> None:
        self._asked = asked

    def fetchall(self, *arguments: Any) -> list[Any]:
        """Give no rows, and note that they were asked for."""
        self._asked("for rows")
        return []

    all = fetchmany = partitions = fetchall

    def fetchone(self, *arguments: Any) -> None:
        """Give no row, and note that one was asked for."""
        self._asked("for rows")

    first = scalar = one_or_none = scalar_one_or_none = fetchone

    def one(self) -> Any:
        """Refuse: code that wants exactly one row cannot go on without it."""
        raise NeedsDatabaseError("asks for exactly one row")

    scalar_one = one

    def mappings(self, *arguments: Any) -> NoRows:
        """Give the same, which is nothing."""
        return self

    scalars = unique = tuples = columns = mappings

    def close(self) -> None:
        """Do nothing."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise NeedsDatabaseError(f"asks a result for {name}")

    def __iter__(self) -> Iterator[Any]:
        return iter(self.fetchall())


class NoTables:
    """What `sa.inspect(op.get_bind())` gives: the inspector of a database without tables."""

    def __init__(self, connection: NoRowsConnection) -> None:
        self.bind = self.engine = connection
        self.dialect = connection.dialect
        self.default_schema_name = None

    def get_pk_constraint(self, *arguments: Any, **options: Any) -> dict[str, Any]:
        """Give a primary key without columns."""
        self.bind.asks_what_is_there()
        return {"constrained_columns": [], "name": None}

    def __getattr__(self, name: str) -> Any:
        def nothing(*arguments: Any, **options: Any) -> Any:
            self.bind.asks_what_is_there()
            return False if name.startswith("has_") else {} if "multi" in name else []

        if not name.startswith(("get_", "has_")):
            raise NeedsDatabaseError(f"asks the inspector for {name}")
        return nothing


@_inspects(NoRowsConnection)
def _inspector(connection: NoRowsConnection) -> NoTables:
    return NoTables(connection)

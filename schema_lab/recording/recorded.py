"""What a script on disk would do: its function runs with an `op` that only records.

The script gets a recording connection, which notes the SQL and reaches no database. Code that reads
rows gets none. Code that cannot continue without a database ends the recording; a gap says why and
where.
"""

from __future__ import annotations

import contextlib
import io
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from inspect import signature
from pathlib import Path
from types import ModuleType
from typing import Any, Self

import sqlalchemy as sa
from alembic.operations import BatchOperations, Operations, ops
from alembic.operations.batch import BatchOperationsImpl
from alembic.runtime.migration import MigrationContext

from schema_lab.compat.alembic_private import installed
from schema_lab.compat.sqlalchemy_private import RunsDdl, inspects
from schema_lab.recording.time_limit import TooLongError, within


class NeedsDatabaseError(Exception):
    """The code needs something that only a database can provide."""


class RecordingConnection(RunsDdl):
    """What `op.get_bind()` gives while a script is recorded.

    Parameters
    ----------
    dialect
        The dialect for which the script is recorded.
    note
        Called with each statement that is executed.
    asked
        Called when code reads rows or asks about tables; the results are empty.
    """

    def __init__(
        self, dialect: sa.Dialect, note: Callable[[Any], None], asked: Callable[[str], None]
    ) -> None:
        self.dialect = dialect
        self._note, self._asked = note, asked

    @property
    def engine(self) -> RecordingConnection:
        """The same connection, so that `bind.engine.dialect` and `bind.engine.connect()` work."""
        return self

    def execute(self, statement: Any, *arguments: Any, **options: Any) -> EmptyResult:
        """Note a statement."""
        self._note(statement)
        return EmptyResult(self._asked)

    exec_driver_sql = execute

    def scalar(self, statement: Any, *arguments: Any, **options: Any) -> None:
        """Note a statement, and that its value is read."""
        self.execute(statement).scalar()

    def scalars(self, statement: Any, *arguments: Any, **options: Any) -> EmptyResult:
        """Note a statement whose values are read."""
        return self.execute(statement)

    def run_ddl(self, visitor: Any, element: Any, **options: Any) -> None:
        """Note what `sa.Enum(…).create(bind)` and `metadata.create_all(bind)` would run."""
        if options.get("checkfirst"):
            self.ask_for_schema()
        visitor(self.dialect, self, **{**options, "checkfirst": False}).traverse_single(element)

    def schema_for_object(self, part: Any) -> Any:
        """Give the schema of a table or type, without translation."""
        return part.schema

    def connect(self, *arguments: Any, **options: Any) -> RecordingConnection:
        """Return this connection."""
        return self

    begin = begin_nested = execution_options = connect

    def commit(self) -> None:
        """Do nothing."""

    rollback = close = commit

    def in_transaction(self) -> bool:
        """Say that a transaction is open, as it is while a migration runs."""
        return True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def ask_for_schema(self) -> None:
        """Note that code asks about tables, columns or indexes."""
        self._asked("for its schema")

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise NeedsDatabaseError(f"uses `{name}` of the connection")


class EmptyResult:
    """The result of a statement that did not run."""

    rowcount = 0

    def __init__(self, asked: Callable[[str], None]) -> None:
        self._asked = asked

    def fetchall(self, *arguments: Any) -> list[Any]:
        """Return no rows, and note that code reads rows."""
        self._asked("for rows")
        return []

    all = fetchmany = partitions = fetchall

    def fetchone(self, *arguments: Any) -> None:
        """Return no row, and note that code reads a row."""
        self._asked("for rows")

    first = scalar = one_or_none = scalar_one_or_none = fetchone

    def one(self) -> Any:
        """Refuse, since the code cannot continue without a row."""
        raise NeedsDatabaseError("reads exactly one row")

    scalar_one = one

    def mappings(self, *arguments: Any) -> EmptyResult:
        """Return this empty result."""
        return self

    scalars = unique = tuples = columns = mappings

    def close(self) -> None:
        """Do nothing."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise NeedsDatabaseError(f"uses `{name}` of a result")

    def __iter__(self) -> Iterator[Any]:
        return iter(self.fetchall())


class EmptyInspector:
    """What `sa.inspect(op.get_bind())` returns: the inspector of a database without tables."""

    def __init__(self, connection: RecordingConnection) -> None:
        self.bind = self.engine = connection
        self.dialect = connection.dialect
        self.default_schema_name = None

    def get_pk_constraint(self, *arguments: Any, **options: Any) -> dict[str, Any]:
        """Return a primary key without columns."""
        self.bind.ask_for_schema()
        return {"constrained_columns": [], "name": None}

    def __getattr__(self, name: str) -> Any:
        def nothing(*arguments: Any, **options: Any) -> Any:
            self.bind.ask_for_schema()
            return False if name.startswith("has_") else {} if "multi" in name else []

        if not name.startswith(("get_", "has_")):
            raise NeedsDatabaseError(f"uses `{name}` of the inspector")
        return nothing


@inspects(RecordingConnection)
def _inspector(connection: RecordingConnection) -> EmptyInspector:
    return EmptyInspector(connection)


SECONDS = 10.0
"""The longest run of a script's function, in seconds."""
_LONGEST = 160


@dataclass(frozen=True)
class RecordedBatch:
    """A `with op.batch_alter_table(…)`, with the operations recorded in it."""

    table: str
    schema: str | None
    recreate: str
    operations: list[ops.MigrateOperation] = field(default_factory=list)


@dataclass(frozen=True)
class Recorded:
    """An operation, its line in the script, its batch, and whether it is in an autocommit block."""

    operation: ops.MigrateOperation
    line: int | None
    batch: RecordedBatch | None
    autocommit: bool


@dataclass(frozen=True)
class Gap:
    """What was not recorded: the function, why, the line, and whether the rest is missing too."""

    function: str
    reason: str
    line: int | None
    rest: bool


@dataclass(frozen=True)
class Recording:
    """What a function does, as far as it was recorded."""

    operations: tuple[Recorded, ...]
    gaps: tuple[Gap, ...]


def record(
    module: ModuleType, name: str, context: MigrationContext, database: str | None = None
) -> Recording:
    """Run a script's `upgrade` or `downgrade` and note its operations. Read-only.

    Parameters
    ----------
    module
        The script, as Alembic has loaded it.
    name
        "upgrade" or "downgrade". Without such a function, nothing is recorded.
    context
        An offline context from the project's env.py. It cannot be used again.
    database
        In a history of several databases: the one for which the function is asked.

    Returns
    -------
    Recording
        Any exception of the function becomes a gap, except KeyboardInterrupt.
    """
    found: Callable[..., object] | None = getattr(module, name, None)
    if found is None:
        return Recording((), ())
    asks = database is not None and bool(signature(found).parameters)
    function = partial(found, database) if asks else found
    recorder = _Recorder(context, name, str(module.__file__))
    with _quiet(), recorder.installed():
        try:
            within(SECONDS, function)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 - a script may raise anything
            recorder.stopped(error)
    return Recording(tuple(recorder.operations), tuple(recorder.gaps))


class _Recorder:
    """Alembic's `op`, which records every operation."""

    def __init__(self, context: MigrationContext, name: str, file: str) -> None:
        self.operations: list[Recorded] = []
        self.gaps: list[Gap] = []
        self._context, self._name, self._file = context, name, file
        self._batch: RecordedBatch | None = None
        self._autocommit = False
        bind: Any = RecordingConnection(context.dialect, self._executed, self._asked)
        context.connection = context.impl.connection = bind
        context.autocommit_block = self._autocommit_block  # type: ignore[method-assign]
        context.execute = self._executed  # type: ignore[method-assign,assignment]
        context.impl.execute = self._executed  # type: ignore[method-assign,assignment]

    @contextmanager
    def installed(self) -> Iterator[None]:
        """Connect the module `alembic.op` to this recorder.

        Alembic's proxy looks up each method on the instance, so a subclass would not be called.
        """
        op: Any = Operations(self._context)
        op.invoke = self._invoke
        op.batch_alter_table = self._batch_alter_table
        with installed(op):
            yield

    def stopped(self, error: BaseException) -> None:
        """Note why the recording ended."""
        line = _line_in(_frames_of(error), self._file)
        self.gaps.append(Gap(self._name, _why(error), line, rest=True))

    def _invoke(self, operation: ops.MigrateOperation) -> Any:
        line = _line_in(_frames_here(), self._file)
        if isinstance(operation, ops.AlterColumnOp):  # a script may name a type without ()
            operation.existing_type = _instance(operation.existing_type)
            operation.modify_type = _instance(operation.modify_type)
        self.operations.append(Recorded(operation, line, self._batch, self._autocommit))
        if self._batch is not None:
            self._batch.operations.append(operation)
        if isinstance(operation, ops.CreateTableOp):
            return operation.to_table(self._context)
        return None

    def _executed(self, statement: Any, *arguments: Any, **options: Any) -> None:
        if not isinstance(statement, sa.Select | sa.CompoundSelect):
            self._invoke(ops.ExecuteSQLOp(statement))

    def _asked(self, what: str) -> None:
        line = _line_in(_frames_here(), self._file)
        gap = Gap(self._name, f"asks the database {what}", line, rest=False)
        if gap not in self.gaps:
            self.gaps.append(gap)

    @contextmanager
    def _batch_alter_table(
        self, table_name: str, schema: str | None = None, recreate: str = "auto", **rest: Any
    ) -> Iterator[BatchOperations]:
        before, self._batch = self._batch, RecordedBatch(str(table_name), schema, recreate)
        names = ("copy_from", "table_args", "table_kwargs", "reflect_args", "reflect_kwargs")
        defaults: Sequence[Any] = (None, (), {}, (), {})
        given = [rest.get(name, default) for name, default in zip(names, defaults, strict=True)]
        more = (rest.get("naming_convention"), rest.get("partial_reordering", ()))
        plain: Any = Operations(self._context)
        make: Any = BatchOperationsImpl
        impl = make(plain, table_name, schema, recreate, *given, *more)
        batch: Any = BatchOperations(self._context, impl=impl)
        batch.invoke = self._invoke
        try:
            yield batch
        finally:
            self._batch = before

    @contextmanager
    def _autocommit_block(self) -> Iterator[None]:
        before, self._autocommit = self._autocommit, True
        try:
            yield
        finally:
            self._autocommit = before


@contextmanager
def _quiet() -> Iterator[None]:
    """Hide what a script prints, warns and asks, and restore the current folder."""
    before, sys.stdin = sys.stdin, io.StringIO()
    try:
        with (
            contextlib.redirect_stdout(io.StringIO()),
            contextlib.redirect_stderr(io.StringIO()),
            contextlib.chdir(Path.cwd()),
            warnings.catch_warnings(),
        ):
            warnings.simplefilter("ignore")
            yield
    finally:
        sys.stdin = before


def _instance(type_: Any) -> Any:
    return None if type_ is None else sa.types.to_instance(type_)


def _why(error: BaseException) -> str:
    if isinstance(error, TooLongError):
        return "does not end"
    if isinstance(error, SystemExit):
        return "ends the program"
    if isinstance(error, NeedsDatabaseError):
        return str(error)
    said = str(error).strip().splitlines()
    text = f"{type(error).__name__}: {said[0]}" if said else type(error).__name__
    return f"raises {text if len(text) <= _LONGEST else text[:_LONGEST] + '…'}"


def _frames_here() -> Iterator[tuple[str, int]]:
    frame = sys._getframe()
    while frame is not None:
        yield frame.f_code.co_filename, frame.f_lineno
        frame = frame.f_back  # type: ignore[assignment]


def _frames_of(error: BaseException) -> Iterator[tuple[str, int]]:
    """Give the frames of a traceback, the innermost first."""
    found, place = list[tuple[str, int]](), error.__traceback__
    while place is not None:
        found.append((place.tb_frame.f_code.co_filename, place.tb_lineno))
        place = place.tb_next
    return iter(reversed(found))


def _line_in(frames: Iterator[tuple[str, int]], file: str) -> int | None:
    """Give the line of the innermost frame in a file."""
    return next((line for name, line in frames if name == file), None)

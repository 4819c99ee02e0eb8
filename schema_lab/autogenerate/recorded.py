"""What a script on disk would do: its function runs with an `op` that records and does nothing.

No database is reached. Code that reads rows gets none; code that cannot go on without a database
ends the recording, with a word on why and where.
"""

from __future__ import annotations

import contextlib
import io
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import sqlalchemy as sa
from alembic.operations import BatchOperations, Operations, ops
from alembic.operations.batch import BatchOperationsImpl
from alembic.runtime.migration import MigrationContext

from schema_lab.autogenerate.no_rows import NeedsDatabaseError, NoRowsConnection
from schema_lab.autogenerate.time_limit import TooLongError, time_limit

SECONDS = 10.0
"""How long a script's function may run."""
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
    """One operation: its line in the script, its batch, whether it is in an autocommit block."""

    operation: ops.MigrateOperation
    line: int | None
    batch: RecordedBatch | None
    autocommit: bool


@dataclass(frozen=True)
class Gap:
    """What could not be read: the function, why, the line, and whether all after it is missing."""

    function: str
    reason: str
    line: int | None
    rest: bool


@dataclass(frozen=True)
class Recording:
    """What a function does, as far as it could be read."""

    operations: tuple[Recorded, ...]
    gaps: tuple[Gap, ...]


def record(module: ModuleType, name: str, context: MigrationContext) -> Recording:
    """Run a script's `upgrade` or `downgrade` and note its operations. Read-only.

    Parameters
    ----------
    module
        The script, as Alembic has loaded it.
    name
        "upgrade" or "downgrade"; where there is no such function, nothing is recorded.
    context
        A context that writes SQL offline, made by the project's env.py. It is used up.

    Returns
    -------
    Recording
        Whatever the function raises becomes a gap; only KeyboardInterrupt comes through.
    """
    function: Callable[[], object] | None = getattr(module, name, None)
    if function is None:
        return Recording((), ())
    recorder = _Recorder(context, name, str(module.__file__))
    with _quiet(), recorder.installed():
        try:
            with time_limit(SECONDS):
                function()
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 - a script may raise anything
            recorder.stopped(error)
    return Recording(tuple(recorder.operations), tuple(recorder.gaps))


class _Recorder:
    """Alembic's `op`, every operation of which is noted."""

    def __init__(self, context: MigrationContext, name: str, file: str) -> None:
        self.operations: list[Recorded] = []
        self.gaps: list[Gap] = []
        self._context, self._name, self._file = context, name, file
        self._batch: RecordedBatch | None = None
        self._autocommit = False
        bind: Any = NoRowsConnection(context.dialect, self._executed, self._asked)
        context.connection = context.impl.connection = bind
        context.autocommit_block = self._autocommit_block  # type: ignore[method-assign]
        context.execute = self._executed  # type: ignore[method-assign,assignment]
        context.impl.execute = self._executed  # type: ignore[method-assign,assignment]

    @contextmanager
    def installed(self) -> Iterator[None]:
        """Let the module `alembic.op` lead here.

        Alembic's proxy looks each method up on the instance; a subclass would get none.
        """
        op: Any = Operations(self._context)
        op.invoke = self._invoke
        op.batch_alter_table = self._batch_alter_table
        op._install_proxy()
        try:
            yield
        finally:
            op._remove_proxy()

    def stopped(self, error: BaseException) -> None:
        """Note why nothing more could be read."""
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
    """Let a script print, warn, ask and change its folder without anyone noticing."""
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
    """Give the line of the innermost frame that stands in a file."""
    return next((line for name, line in frames if name == file), None)

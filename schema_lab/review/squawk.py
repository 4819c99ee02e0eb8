"""squawk: findings on the locks of PostgreSQL, from the SQL of a migration, without a server.

squawk is a separate program, installed by the extra `postgresql`: https://squawkhq.com
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from alembic.operations import Operations, ops
from alembic.runtime.migration import MigrationContext

from schema_lab.errors import SchemaLabError
from schema_lab.review.change import Change
from schema_lab.review.findings import Finding
from schema_lab.review.reviewed_operation import ReviewedOperation


def statements_of(operations: Iterable[ops.MigrateOperation], dialect: str) -> Iterator[str]:
    """Yield the SQL of each operation; "" if it cannot be written offline. Read-only.

    Examples
    --------
    >>> list(statements_of([ops.DropColumnOp("users", "plan")], "postgresql"))
    ['ALTER TABLE users DROP COLUMN plan;']
    """
    buffer = StringIO()
    options: Any = {"as_sql": True, "output_buffer": buffer, "literal_binds": True}
    named = {"paramstyle": "named"}  # so that no `%` is doubled for a driver
    context = MigrationContext.configure(dialect_name=dialect, dialect_opts=named, opts=options)
    for operation in operations:
        yield _written(Operations(context), operation, buffer)


def _written(operations: Operations, operation: ops.MigrateOperation, buffer: StringIO) -> str:
    buffer.seek(0)
    buffer.truncate()
    try:
        operations.invoke(operation)
    except Exception:  # noqa: BLE001 - an operation of another library may raise anything
        return ""
    return buffer.getvalue().strip()


MISSING = (
    "squawk is not installed, so the locks on PostgreSQL were not checked. Install it: "
    'pip install "schema-lab[postgresql]".'
)
SECONDS = 60.0
SETTINGS = ".squawk.toml"
NOT_OURS = frozenset(
    {
        # The lab waits 500 ms for a lock and tries again.
        *("require-lock-timeout", "require-statement-timeout", "require-timeout-settings"),
        # Matters of style, not of safety.
        *("prefer-text-field", "prefer-bigint-over-int", "prefer-bigint-over-smallint"),
        *("prefer-identity", "prefer-timestamp-tz", "prefer-robust-stmts", "ban-char-field"),
        *("require-enum-value-ordering", "require-table-schema"),
    }
)
"""Rules that are used only if the project has its own `.squawk.toml`."""
_UNREADABLE = "syntax-error"
_SHOWN = 100
_CURE = "Run `squawk --version` in a terminal. If it does not answer, reinstall squawk."


def program() -> Path | None:
    """Find squawk next to the running Python, or on the PATH."""
    beside = Path(sys.executable).parent
    found = shutil.which("squawk", path=str(beside)) or shutil.which("squawk")
    return Path(found) if found else None


@dataclass(frozen=True)
class _Piece:
    """The SQL of an operation."""

    step: ReviewedOperation
    sql: str


@dataclass(frozen=True)
class _Said:
    """A finding of squawk, and the SQL that it concerns."""

    piece: _Piece
    rule: str
    level: str
    message: str
    help: str


def lint(changes: Sequence[Change], root: Path) -> list[list[Finding]]:
    """Return squawk's findings on PostgreSQL migrations, a list for each. Read-only.

    Parameters
    ----------
    changes
        Migrations on PostgreSQL.
    root
        The project's folder, with its `.squawk.toml`.

    Raises
    ------
    SchemaLabError
        When squawk is not installed, does not end, or gives no valid answer.
    """
    pieces = [_pieces(change) for change in changes]
    said = _ask(pieces, root)
    unreadable = {id(hit.piece.step) for found in said for hit in found if hit.rule == _UNREADABLE}
    if unreadable:  # an unreadable statement hides the others in its file
        readable = [
            [piece for piece in kept if id(piece.step) not in unreadable] for kept in pieces
        ]
        said = _ask(readable, root)
    own = (root / SETTINGS).is_file()
    return [
        [
            _finding(hit)
            for hit in found
            if not hit.piece.step.new and (own or hit.rule not in NOT_OURS)
            if hit.rule != "ban-drop-constraint" or not _is_recreated(hit.piece, asked)
        ]
        for asked, found in zip(pieces, said, strict=True)
    ]


def _is_recreated(dropped: _Piece, pieces: Sequence[_Piece]) -> bool:
    """Tell whether a dropped constraint is created again afterwards, with the same name."""
    operation: Any = dropped.step.operation
    last = dropped.sql.rstrip(";").split(" ")[-1].strip('"')
    name = getattr(operation, "constraint_name", None) or last
    later = pieces[pieces.index(dropped) + 1 :]
    return any(getattr(piece.step.operation, "constraint_name", None) == name for piece in later)


def _pieces(change: Change) -> list[_Piece]:
    chosen = change.upgrade if change.direction == "upgrade" else change.downgrade
    asked = [step for step in chosen if not isinstance(step.operation, ops.BulkInsertOp)]
    written = statements_of([step.operation for step in asked], "postgresql")
    return [_Piece(step, sql) for step, sql in zip(asked, written, strict=True) if sql]


def _ask(pieces: Sequence[Sequence[_Piece]], root: Path) -> list[list[_Said]]:
    """Write a file for each migration, run squawk on all, and find the SQL of each finding."""
    lines = [list(_lines(kept)) for kept in pieces]
    with tempfile.TemporaryDirectory(prefix="schema_lab_") as folder:
        names = [f"{place}.sql" for place in range(len(lines))]
        for name, written in zip(names, lines, strict=True):
            text = "\n".join(line for _, line in written)
            (Path(folder) / name).write_text(text, encoding="utf-8")
        answer = _run(Path(folder), names, root)
    said: list[list[_Said]] = [[] for _ in pieces]
    for entry in answer:
        place = int(Path(entry["file"]).stem)
        piece = lines[place][entry["line"]][0]
        if piece is not None:
            known = (entry["rule_name"], entry["level"], entry["message"], entry["help"] or "")
            said[place].append(_Said(piece, *known))
    return said


def _lines(pieces: Sequence[_Piece]) -> Iterator[tuple[_Piece | None, str]]:
    """Yield the lines of a file, with BEGIN and COMMIT around what runs in the transaction."""
    yield None, "BEGIN;"
    inside = True
    for piece in pieces:
        if inside == piece.step.autocommit:
            yield None, "COMMIT;" if inside else "BEGIN;"
            inside = not inside
        for line in piece.sql.split("\n"):
            yield piece, line
    yield None, "COMMIT;" if inside else ""


def _run(folder: Path, names: Sequence[str], root: Path) -> list[dict[str, Any]]:
    squawk, settings = program(), root / SETTINGS
    if squawk is None:
        raise SchemaLabError(MISSING)
    chosen = ["--config", str(settings)] if settings.is_file() else []
    command = [str(squawk), "--reporter", "json", *chosen, *names]
    try:
        done = subprocess.run(  # noqa: S603 - the program that was found, on files of our own
            command, cwd=folder, capture_output=True, text=True, timeout=SECONDS, check=False
        )
        found: list[dict[str, Any]] = json.loads(done.stdout or "[]")
    except (OSError, subprocess.TimeoutExpired, json.JSONDecodeError) as error:
        raise SchemaLabError(f"squawk gave no answer: {type(error).__name__}.", _CURE) from None
    if done.returncode and not found:
        said = (done.stderr.strip().splitlines() or ["no message"])[0]
        raise SchemaLabError(f"squawk failed: {said}", _CURE)
    return found


def _finding(said: _Said) -> Finding:
    step = said.piece.step
    text = " ".join(said.piece.sql.split()).rstrip(";")
    return Finding(
        code=said.rule,
        severity="error" if said.level == "Error" else "warning",
        table=step.table or next((str(place) for place in step.touched), ""),
        column=step.column,
        sentence=f"runs {text if len(text) <= _SHOWN else text[:_SHOWN] + '…'}",
        why=said.message,
        recipe=said.help,
        call=_call(said.rule, step.operation),
        step=step,
    )


def _call(rule: str, operation: ops.MigrateOperation) -> str:
    """Return the call that rewrites a candidate to the safe form."""
    if rule == "require-concurrent-index-creation" and isinstance(operation, ops.CreateIndexOp):
        return f"candidate.concurrently({str(operation.index_name)!r})"
    name = getattr(operation, "constraint_name", None)
    tried = isinstance(operation, ops.CreateForeignKeyOp | ops.CreateCheckConstraintOp)
    if rule == "constraint-missing-not-valid" and tried:
        return f"candidate.not_valid({str(name)!r})" if name else ""
    return ""

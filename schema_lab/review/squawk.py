"""PostgreSQL's locks, by squawk: its findings on the SQL of a change, without a server.

squawk is a program of its own; the extra `postgresql` installs it. https://squawkhq.com
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alembic.operations import ops

from schema_lab.autogenerate.statements import statements_of
from schema_lab.errors import SchemaLabError
from schema_lab.review.change import Change
from schema_lab.review.finding import Finding
from schema_lab.review.step import Step

MISSING = (
    "squawk is not installed, so PostgreSQL's locks were not checked: "
    'pip install "schema-lab[postgresql]".'
)
SECONDS = 60.0
SETTINGS = ".squawk.toml"
NOT_OURS = frozenset(
    {
        # The lab waits 500 ms for a lock and tries again.
        *("require-lock-timeout", "require-statement-timeout", "require-timeout-settings"),
        # A matter of taste, not of what runs now.
        *("prefer-text-field", "prefer-bigint-over-int", "prefer-bigint-over-smallint"),
        *("prefer-identity", "prefer-timestamp-tz", "prefer-robust-stmts", "ban-char-field"),
        *("require-enum-value-ordering", "require-table-schema"),
    }
)
"""Rules that count only where the project has a `.squawk.toml` of its own."""
_UNREADABLE = "syntax-error"
_SHOWN = 100
_CURE = "Run `squawk --version` in a terminal; install it anew if it does not answer."


def program() -> Path | None:
    """Find squawk beside the running Python, or on the PATH."""
    beside = Path(sys.executable).parent
    found = shutil.which("squawk", path=str(beside)) or shutil.which("squawk")
    return Path(found) if found else None


@dataclass(frozen=True)
class _Piece:
    """The SQL of one step."""

    step: Step
    sql: str


@dataclass(frozen=True)
class _Said:
    """One of squawk's findings, and the SQL that it is on."""

    piece: _Piece
    rule: str
    level: str
    message: str
    help: str


def lint(changes: Sequence[Change], root: Path) -> list[list[Finding]]:
    """Give squawk's findings on PostgreSQL changes, a list for each. Read-only.

    Parameters
    ----------
    changes
        Changes on PostgreSQL.
    root
        The project's folder, whose `.squawk.toml` counts.

    Raises
    ------
    SchemaLabError
        When squawk is not there, does not end, or does not answer as it should.
    """
    pieces = [_pieces(change) for change in changes]
    said = _ask(pieces, root)
    unreadable = {id(one.piece.step) for found in said for one in found if one.rule == _UNREADABLE}
    if unreadable:  # a statement that squawk cannot read hides the others of its file
        readable = [[one for one in kept if id(one.step) not in unreadable] for kept in pieces]
        said = _ask(readable, root)
    own = (root / SETTINGS).is_file()
    return [
        [
            _finding(one)
            for one in found
            if not one.piece.step.new and (own or one.rule not in NOT_OURS)
            if one.rule != "ban-drop-constraint" or not _comes_back(one.piece, asked)
        ]
        for asked, found in zip(pieces, said, strict=True)
    ]


def _comes_back(dropped: _Piece, pieces: Sequence[_Piece]) -> bool:
    """Say whether a constraint that is dropped is made again after it, under its name."""
    operation: Any = dropped.step.operation
    last = dropped.sql.rstrip(";").split(" ")[-1].strip('"')
    name = getattr(operation, "constraint_name", None) or last
    later = pieces[pieces.index(dropped) + 1 :]
    return any(getattr(one.step.operation, "constraint_name", None) == name for one in later)


def _pieces(change: Change) -> list[_Piece]:
    chosen = change.upgrade if change.direction == "upgrade" else change.downgrade
    asked = [one for one in chosen if not isinstance(one.operation, ops.BulkInsertOp)]
    written = statements_of([one.operation for one in asked], "postgresql")
    return [_Piece(step, sql) for step, sql in zip(asked, written, strict=True) if sql]


def _ask(pieces: Sequence[Sequence[_Piece]], root: Path) -> list[list[_Said]]:
    """Write a file for each change, run squawk once on all, and find the SQL of its lines."""
    lines = [list(_lines(kept)) for kept in pieces]
    with tempfile.TemporaryDirectory(prefix="schema_lab_") as folder:
        names = [f"{place}.sql" for place in range(len(lines))]
        for name, written in zip(names, lines, strict=True):
            text = "\n".join(line for _, line in written)
            (Path(folder) / name).write_text(text, encoding="utf-8")
        answer = _run(Path(folder), names, root)
    said: list[list[_Said]] = [[] for _ in pieces]
    for one in answer:
        place = int(Path(one["file"]).stem)
        piece = lines[place][one["line"]][0]
        if piece is not None:
            known = (one["rule_name"], one["level"], one["message"], one["help"] or "")
            said[place].append(_Said(piece, *known))
    return said


def _lines(pieces: Sequence[_Piece]) -> Iterator[tuple[_Piece | None, str]]:
    """Give the lines of a file; what runs outside of the transaction stands outside of it."""
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
        said = (done.stderr.strip().splitlines() or ["it says nothing"])[0]
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
    """Name the call that rewrites a candidate to the safe form."""
    if rule == "require-concurrent-index-creation" and isinstance(operation, ops.CreateIndexOp):
        return f"candidate.concurrently({str(operation.index_name)!r})"
    name = getattr(operation, "constraint_name", None)
    tried = isinstance(operation, ops.CreateForeignKeyOp | ops.CreateCheckConstraintOp)
    if rule == "constraint-missing-not-valid" and tried:
        return f"candidate.not_valid({str(name)!r})" if name else ""
    return ""

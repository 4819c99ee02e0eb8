"""PostgreSQL's locks: what squawk says of a change becomes a finding."""

from pathlib import Path

import pytest
from alembic.operations import ops

from schema_lab.errors import SchemaLabError
from schema_lab.review import Change, Finding, Findings, ReviewedOperation
from schema_lab.review import squawk as lint
from schema_lab.review.change import Given
from schema_lab.review.engine import review
from schema_lab.review.rules import drop_column

INDEX = ops.CreateIndexOp("ix_users_email", "users", ["email"])
KEY = ops.CreateForeignKeyOp("fk_o_u", "orders", "users", ["user_id"], ["id"])


def _review(root: Path, *steps: Given, dialect: str = "postgresql") -> Findings:
    return review([Change.of(steps, dialect=dialect)], root)


def _codes(findings: Findings) -> list[str]:
    return [one.code for one in _squawks(findings)]


def _squawks(findings: Findings) -> list[Finding]:
    """Give what squawk says; our own codes begin with SL."""
    return [one for one in findings if not one.code.startswith("SL")]


def test_squawk_speaks_with_its_own_name(tmp_path: Path) -> None:
    """A finding of squawk's has its rule's name, its words, and the call that mends it."""
    (found,) = _squawks(_review(tmp_path, INDEX))
    assert found.code == "require-concurrent-index-creation"
    assert found.table == "users"
    assert found.sentence == "runs CREATE INDEX ix_users_email ON users (email)"
    assert "blocked" in found.why
    assert found.call == "candidate.concurrently('ix_users_email')"


def test_a_finding_lies_with_its_own_statement(tmp_path: Path) -> None:
    """Squawk's line leads to the step that wrote it, also behind SQL of several lines."""
    several = ops.ExecuteSQLOp("UPDATE users\nSET plan = 'free'\nWHERE plan IS NULL")
    steps = [
        ReviewedOperation(several, line=3),
        ReviewedOperation(INDEX, line=9),
        ReviewedOperation(KEY, line=12),
    ]
    found = _review(tmp_path, *steps)
    lines = {one.code: one.line for one in found}
    assert lines["require-concurrent-index-creation"] == 9
    assert lines["adding-foreign-key-constraint"] == 12


def test_a_table_of_the_same_migration_locks_nobody(tmp_path: Path) -> None:
    """An index on a table that was just made blocks nothing."""
    assert _codes(_review(tmp_path, ops.CreateTableOp("users", []), INDEX)) == []


def test_other_dialects_are_not_linted(tmp_path: Path) -> None:
    """Squawk knows PostgreSQL alone."""
    assert _codes(_review(tmp_path, INDEX, dialect="sqlite")) == []


def test_what_runs_outside_of_the_transaction_is_read_so(tmp_path: Path) -> None:
    """An index made concurrently in an autocommit block is safe; within the transaction not."""
    index = ops.CreateIndexOp("ix", "users", ["email"], postgresql_concurrently=True)
    assert _codes(_review(tmp_path, ReviewedOperation(index, autocommit=True))) == []
    assert _codes(_review(tmp_path, index)) == ["ban-concurrent-index-creation-in-transaction"]


def test_sql_that_squawk_cannot_read_hides_nothing(tmp_path: Path) -> None:
    """The other statements of the same script are still reviewed."""
    found = _codes(_review(tmp_path, ops.ExecuteSQLOp("SELECT (("), INDEX))
    assert found == ["require-concurrent-index-creation"]


def test_the_project_may_set_squawk_up(tmp_path: Path) -> None:
    """A `.squawk.toml` in the project's folder decides on the rules, ours included."""
    (tmp_path / ".squawk.toml").write_text(
        'excluded_rules = ["require-concurrent-index-creation", "require-statement-timeout"]'
    )
    assert _codes(_review(tmp_path, INDEX)) == ["require-lock-timeout"]


def test_a_missing_squawk_is_said_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without squawk one note says what was not checked, and how to install it."""
    monkeypatch.setattr("schema_lab.review.engine.program", lambda: None)
    changes = [Change.of([INDEX], dialect="postgresql") for _ in range(3)]
    found = review(changes, tmp_path)
    (note,) = found.notes
    assert "locks on PostgreSQL were not checked" in note
    assert 'pip install "schema-lab[postgresql]"' in note
    assert repr(found).count("squawk") == 1


def test_a_squawk_that_fails_is_not_a_clean_review(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A broken installation is an error, not silence."""
    broken = tmp_path / "squawk"
    broken.write_text("#!/bin/sh\necho oh no >&2\nexit 101\n")
    broken.chmod(0o755)
    monkeypatch.setattr(lint, "program", lambda: broken)
    with pytest.raises(SchemaLabError, match="oh no"):
        _review(tmp_path, INDEX)


def test_nothing_is_said_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule is silent where squawk says the same, and speaks in squawk's place with a number."""
    drop = ops.DropColumnOp("users", "plan")
    monkeypatch.setattr("schema_lab.review.engine.RULES", (drop_column,))
    monkeypatch.setattr(drop_column, "REPLACES", ("ban-drop-column",))
    assert [one.code for one in _review(tmp_path, drop)] == ["SL101"]
    monkeypatch.setattr(drop_column, "REPLACES", ())
    monkeypatch.setattr(drop_column, "SQUAWK", ("ban-drop-column",), raising=False)
    assert [one.code for one in _review(tmp_path, drop)] == ["ban-drop-column"]
    assert [one.code for one in _review(tmp_path, drop, dialect="sqlite")] == ["SL101"]


def test_many_changes_take_one_run(tmp_path: Path) -> None:
    """Squawk is started once for a whole history, and each change keeps its own findings."""
    changes = [Change.of([INDEX], dialect="postgresql", revision=str(n)) for n in range(30)]
    found = _squawks(review(changes, tmp_path))
    assert [one.revision for one in found] == [str(n) for n in range(30)]

"""Scripts on disk: what is reviewed, with which numbers, and what could not be read."""

from pathlib import Path

import pytest

from schema_lab import Lab
from schema_lab.errors import HistoryError
from schema_lab.review import Findings
from schema_lab.review.rules import rename_table
from tests.support.labs import execute, filled_in

CREATE = 'op.create_table("users", sa.Column("id", sa.Integer), sa.Column("plan", sa.String(9)))'
DROP = 'op.drop_column("users", "plan")'
SQLITE = pytest.mark.parametrize("dialect", ["sqlite"])


def _made(lab: Lab) -> str:
    """Bring the database to a revision with a table of two rows."""
    first = filled_in(lab, "Create users", CREATE, 'op.drop_table("users")')
    lab.upgrade(accept_loss=True)
    execute(lab, "INSERT INTO users VALUES (1, 'free')", "INSERT INTO users VALUES (2, NULL)")
    return first


def _codes(findings: Findings) -> list[str]:
    return [one.code for one in findings if one.code in ("SL001", "SL101")]


def test_a_pending_revision_is_reviewed_with_live_numbers(lab: Lab) -> None:
    """What the upgrade would do now is said with the rows that are there."""
    _made(lab)
    pending = filled_in(lab, "Drop plan", DROP)
    found = lab.review()
    assert found.reviewed == (pending,)
    (one,) = [each for each in found if each.code == "SL101"]
    assert one.sentence == "drops 1 non-null value of `users.plan`"
    assert one.where.startswith(pending)


@SQLITE
def test_an_applied_revision_claims_no_number(lab: Lab) -> None:
    """The rows of today say nothing of a revision that ran yesterday."""
    _made(lab)
    filled_in(lab, "Drop plan", DROP)
    lab.upgrade(accept_loss=True)
    execute(lab, "ALTER TABLE users ADD COLUMN plan TEXT DEFAULT 'new'")
    (one,) = [each for each in lab.review() if each.code == "SL101"]
    assert one.sentence == "drops `users.plan` with all its values"


@SQLITE
def test_a_range_names_both_ends(lab: Lab) -> None:
    """A range takes both its ends, as `alembic history` does; a name takes one revision."""
    ids = [filled_in(lab, f"Number {n}", f"op.execute('SELECT {n}')") for n in range(4)]
    assert lab.review(f"{ids[1]}:{ids[2]}").reviewed == tuple(ids[1:3])
    assert lab.review("base:head").reviewed == tuple(ids)
    assert lab.review("head").reviewed == (ids[3],)
    assert lab.review(ids[0]).reviewed == (ids[0],)


@SQLITE
def test_an_unknown_revision_is_an_error(lab: Lab) -> None:
    """A revision that no file has is said to be unknown."""
    with pytest.raises(HistoryError, match="nope"):
        lab.review("nope")


@SQLITE
def test_a_review_changes_nothing(lab: Lab) -> None:
    """A script that is reviewed has not run: no table is made, no row deleted."""
    _made(lab)
    filled_in(lab, "Delete", "op.execute('DELETE FROM users')\nop.create_table('t')")
    lab.review()
    assert list(lab.tables()["table"]) == ["users"]
    assert len(lab.rows("users")) == 2


@SQLITE
def test_a_database_that_is_not_there_is_not_made(lab: Lab, tmp_path: Path) -> None:
    """Without its file, the newest revision is reviewed, and no file is made."""
    filled_in(lab, "Create users", CREATE)
    newest = filled_in(lab, "Drop plan", DROP)
    away = Lab(f"sqlite:///{tmp_path / 'away.db'}", config=lab.root)
    (tmp_path / "away.db").unlink(missing_ok=True)
    found = away.review()
    assert found.reviewed == (newest,)
    assert "No database answers" in found.notes[0]
    assert not (tmp_path / "away.db").exists()


@SQLITE
def test_each_operation_has_its_line(lab: Lab) -> None:
    """A finding names the line of the script, also within a batch and in a helper."""
    _made(lab)
    batch = "with op.batch_alter_table('users') as batch:\n    batch.drop_column('plan')"
    filled_in(lab, "Drop plan", batch)
    (one,) = [each for each in lab.review() if each.code == "SL101"]
    assert one.path is not None
    assert one.line is not None
    assert "batch.drop_column" in one.path.read_text().splitlines()[one.line - 1]


@SQLITE
@pytest.mark.parametrize(
    "unreadable",
    [
        "raise SystemExit(0)",
        "op.get_bind().execute(sa.text('SELECT 1')).one()",
        "sa.orm.Session(op.get_bind()).execute(sa.text('SELECT 1')).one()",
        "1 / 0",
        "input()",
        "raise BaseException('x' * 9999)",
    ],
)
def test_what_cannot_be_read_is_said(lab: Lab, unreadable: str) -> None:
    """What stands before the line is reviewed; a note says from where on it is not."""
    _made(lab)
    filled_in(lab, "Drop plan", f"print('noise')\n{DROP}\n{unreadable}\nop.drop_table('users')")
    found = lab.review()
    assert _codes(found) == ["SL101", "SL001"]
    (note,) = [one for one in found if one.code == "SL001"]
    assert note.severity == "note"
    assert f"from line {note.line} on" in note.sentence


@SQLITE
def test_code_that_reads_rows_gets_none_and_goes_on(lab: Lab) -> None:
    """A loop over rows is passed over, and what follows it is reviewed."""
    _made(lab)
    reads = "for row in op.get_bind().execute(sa.text('SELECT id FROM users')):\n    1 / 0"
    filled_in(lab, "Drop plan", f"{reads}\n{DROP}")
    found = lab.review()
    assert _codes(found) == ["SL101", "SL001"]
    assert "asks the database for rows" in found[-1].sentence


@SQLITE
@pytest.mark.parametrize("checked", [False, True])
def test_a_table_that_makes_itself_is_read(lab: Lab, checked: bool) -> None:
    """What SQLAlchemy's own `create` would run counts, and the script is read on."""
    _made(lab)
    table = 'sa.Table("t", sa.MetaData(), sa.Column("x", sa.Integer))'
    body = f'{table}.create(op.get_bind(), checkfirst={checked})\nop.execute("DELETE FROM t")'
    filled_in(lab, "Make a table", f"{body}\n{DROP}")
    found = lab.review()
    assert "SL101" in [one.code for one in found]
    assert "SL104" not in [one.code for one in found]


@SQLITE
def test_an_endless_loop_ends(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """A script that does not end is stopped, even when it catches everything."""
    monkeypatch.setattr("schema_lab.recording.recorded.SECONDS", 0.2)
    loop = "while True:\n    try:\n        pass\n    except BaseException:\n        continue"
    _made(lab)
    filled_in(lab, "Drop plan", f"{DROP}\n{loop}")
    assert _codes(lab.review()) == ["SL101", "SL001"]


@SQLITE
def test_code_that_asks_what_is_there_finds_nothing(lab: Lab) -> None:
    """An inspector sees no table, so what a script does without one is reviewed, with a note."""
    _made(lab)
    ask = "if not sa.inspect(op.get_bind()).has_table('users'):"
    filled_in(lab, "Drop plan", f"{ask}\n    {DROP}")
    found = lab.review()
    assert _codes(found) == ["SL101", "SL001"]
    assert "asks the database for its schema" in found[-1].sentence


@SQLITE
def test_a_rule_that_fails_hides_no_other(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault in one rule is named, and what the others find stays."""

    def fail(change: object) -> None:
        raise ZeroDivisionError("by <b>")

    _made(lab)
    filled_in(lab, "Drop plan", DROP)
    monkeypatch.setattr(rename_table, "find", fail)
    found = lab.review()
    (failed,) = [one for one in found if one.code == "SL003"]
    assert failed.sentence.startswith("rule SL302 failed on this migration: ZeroDivisionError")
    assert "SL101" in _codes(found)

"""A migration that fails leaves nothing behind, where the database can roll back DDL."""

import pytest

from schema_lab import Lab
from schema_lab.errors import MigrationError
from tests.support.dump import schema_dump
from tests.support.labs import execute, filled_in

CREATE = 'op.create_table("notes", sa.Column("id", sa.Integer, primary_key=True))'
INSERT = 'op.execute("INSERT INTO notes VALUES (1)")'
FAIL = 'op.execute("INSERT INTO nowhere VALUES (1)")'
DROP = 'op.drop_table("notes")'

transactional = pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])


def lines(*steps: str) -> str:
    """Join the statements of a script."""
    return "\n".join(steps)


@pytest.fixture
def filled(lab: Lab) -> Lab:
    """Give a lab at a first revision, with rows."""
    execute(lab, "CREATE TABLE people (id INTEGER PRIMARY KEY, name VARCHAR(20))")
    execute(lab, "INSERT INTO people VALUES (1, 'Ann'), (2, 'Bob')")
    filled_in(lab, "Start", "pass")
    lab.upgrade()
    return lab


@transactional
def test_a_failing_upgrade_changes_nothing(filled: Lab) -> None:
    """When the third statement fails, schema, rows and version are as before (A1)."""
    filled_in(filled, "Add notes", lines(CREATE, INSERT, FAIL))
    before = schema_dump(filled.engine.url)
    with pytest.raises(MigrationError, match="rolled back"):
        filled.upgrade()
    assert schema_dump(filled.engine.url) == before


@transactional
def test_a_failing_downgrade_changes_nothing(filled: Lab) -> None:
    """When the second statement of a downgrade fails, everything is as before (A2)."""
    filled_in(filled, "Add notes", lines(CREATE, INSERT), lines(DROP, FAIL))
    filled.upgrade()
    before = schema_dump(filled.engine.url)
    with pytest.raises(MigrationError, match="rolled back"):
        filled.downgrade(accept_loss=True)
    assert schema_dump(filled.engine.url) == before


@transactional
def test_a_failing_revision_takes_those_before_it_back(filled: Lab) -> None:
    """An upgrade over several revisions is one transaction: all of it or nothing (A1)."""
    filled_in(filled, "Add notes", lines(CREATE, INSERT))
    filled_in(filled, "Fail", FAIL)
    before = schema_dump(filled.engine.url)
    with pytest.raises(MigrationError):
        filled.upgrade()
    assert schema_dump(filled.engine.url) == before


def test_a_mended_revision_runs(filled: Lab, dialect: str) -> None:
    """After a failure the mended script upgrades, or goes on where MariaDB stopped (A1)."""
    filled_in(filled, "Add notes", lines(CREATE, INSERT, FAIL))
    with pytest.raises(MigrationError):
        filled.upgrade()
    (head,) = filled.heads()
    assert head.path is not None
    head.path.write_text(head.code.replace("nowhere VALUES (1)", "notes VALUES (2)"))
    run = filled.resume() if dialect == "mariadb" else filled.upgrade()
    assert run.revisions == (head.id,)
    assert [one.id for one in filled.current()] == [head.id]
    assert list(filled.rows("notes")["id"]) == [1, 2]


def test_the_failure_names_revision_and_statement(filled: Lab) -> None:
    """The error says which revision failed, in which function, at which statement, and why."""
    failing = filled_in(filled, "Add notes", lines(CREATE, FAIL))
    with pytest.raises(MigrationError) as caught:
        filled.upgrade()
    assert f"Revision {failing} (Add notes) failed in upgrade()" in caught.value.fact
    assert "'INSERT INTO nowhere VALUES (1)'" in caught.value.fact
    assert "nowhere" in caught.value.fact.split("VALUES (1)'")[1]


@pytest.mark.parametrize("dialect", ["mariadb"])
def test_without_rollback_the_failure_says_what_stands(filled: Lab) -> None:
    """MariaDB commits DDL: the error lists the statements that stand (A1)."""
    filled_in(filled, "Add notes", lines(CREATE, FAIL))
    with pytest.raises(MigrationError) as caught:
        filled.upgrade()
    assert "CREATE TABLE notes" in caught.value.cure
    assert "notes" in set(filled.tables()["table"])


@pytest.mark.parametrize("call", ["sys.exit(0)", "sys.exit('done')", "raise SystemExit"])
def test_leaving_the_program_is_no_success(filled: Lab, call: str) -> None:
    """`sys.exit` inside a revision is an error, and the version stays (A5)."""
    before = [one.id for one in filled.current()]
    filled_in(filled, "Leave", lines("import sys", call))
    with pytest.raises(MigrationError, match=r"sys\.exit"):
        filled.upgrade()
    assert [one.id for one in filled.current()] == before


@transactional
def test_a_commit_inside_a_revision_is_reported(filled: Lab) -> None:
    """What a revision committed on its own before it failed is named (A6)."""
    filled_in(filled, "Add notes", lines(CREATE, 'op.execute("COMMIT")', FAIL))
    with pytest.raises(MigrationError) as caught:
        filled.upgrade()
    assert "CREATE TABLE notes" in caught.value.cure
    assert "notes" in set(filled.tables()["table"])


@pytest.mark.parametrize(
    "broken",
    ["raise ValueError('no plan')", "1 / 0", "op.no_such_operation()", "op.drop_table(None)"],
)
def test_any_error_in_a_revision_is_the_labs(filled: Lab, broken: str) -> None:
    """Whatever a revision raises arrives as a MigrationError that names the revision."""
    failing = filled_in(filled, "Break", broken)
    with pytest.raises(MigrationError, match=failing):
        filled.upgrade()

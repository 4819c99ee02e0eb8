"""A step that loses values needs somebody who accepts what it loses."""

from dataclasses import replace
from pathlib import Path

import pytest

from schema_lab import Lab
from schema_lab.errors import HistoryError, LossError
from schema_lab.migrate import Accepted
from schema_lab.scratch import scratch_project
from tests.support.labs import execute, filled_in, opened, scalars

USERS = "CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(20), plan VARCHAR(20))"
ANN = "INSERT INTO users VALUES (1, 'Ann', 'free')"
BOB = "INSERT INTO users VALUES (2, 'Bob', 'paid')"


@pytest.fixture
def lab(tmp_path: Path, database_url: str) -> Lab:
    """Open a lab on an empty database that is no throwaway."""
    return opened(tmp_path, database_url)


@pytest.fixture
def real(tmp_path: Path) -> Lab:
    """Open a lab on a database that is not a scratch one; its next revision drops users.plan."""
    folder = tmp_path / "real"
    folder.mkdir()
    lab = Lab(f"sqlite:///{folder / 'real.db'}", config=scratch_project(folder).ini)
    execute(lab, USERS, ANN)
    filled_in(lab, "Drop plans", 'op.drop_column("users", "plan")')
    return lab


def test_what_nobody_accepted_stays(lab: Lab) -> None:
    """The error names what would go, in words and as data; nothing has run."""
    execute(lab, USERS, ANN)
    filled_in(lab, "Drop plans", 'op.drop_column("users", "plan")')
    with pytest.raises(LossError, match=r"users\.plan with 1 value") as refused:
        lab.upgrade()
    assert refused.value.names == ("users.plan",)
    assert "lab.upgrade('head', accept_loss=['users.plan'])" in refused.value.cure
    assert scalars(lab, "SELECT plan FROM users") == ["free"]
    assert list(lab.current()) == []


@pytest.mark.parametrize("accepted", ["users.plan", ["users.plan"], "users", True])
def test_what_is_accepted_goes(real: Lab, accepted: Accepted) -> None:
    """A column by its name or its table's, or whatever goes."""
    real.upgrade(accept_loss=accepted)
    assert "plan" not in list(real.columns("users")["column"])


@pytest.mark.parametrize("accepted", ["users.name", "plan", [], False])
def test_another_name_accepts_nothing(real: Lab, accepted: Accepted) -> None:
    """Only what would go can be accepted."""
    with pytest.raises(LossError):
        real.upgrade(accept_loss=accepted)


def test_an_empty_column_needs_nobody(real: Lab) -> None:
    """Where no value stands, none is lost."""
    execute(real, "UPDATE users SET plan = NULL")
    assert real.upgrade().revisions


def test_a_downgrade_passes_the_same_gate(real: Lab) -> None:
    """What a downgrade drops is refused, and accepted, in the same way."""
    execute(real, "DELETE FROM users")
    real.upgrade()
    filled_in(real, "Add cities", "pass", 'op.drop_table("users")')
    real.upgrade()
    execute(real, "INSERT INTO users (id) VALUES (1)")
    with pytest.raises(LossError, match="table users with 1 row"):
        real.downgrade()
    real.downgrade(accept_loss="users")
    assert list(real.tables()["table"]) == []


def test_a_scratch_database_is_there_to_lose() -> None:
    """A lesson goes up and down freely, unless it asks for the gate."""
    lab = Lab.scratch()
    execute(lab, USERS, ANN)
    filled_in(lab, "Drop plans", 'op.drop_column("users", "plan")')
    with pytest.raises(LossError):
        lab.upgrade(accept_loss=())
    assert lab.upgrade().revisions


def test_a_rehearsal_sees_what_no_script_says(real: Lab) -> None:
    """Values that become NULL are lost too, once a rehearsal has seen it."""
    filled_in(real, "Forget names", "op.execute('UPDATE users SET name = NULL')")
    real.rehearse()
    with pytest.raises(LossError, match=r"1 value of `users\.name` becomes NULL"):
        real.upgrade(accept_loss="users.plan")


def test_a_rehearsal_of_another_state_does_not_count(real: Lab) -> None:
    """A row more, and the step has not been rehearsed."""
    rehearsal = real.rehearse()
    assert real.gate.rehearsed("upgrade", "head") is rehearsal
    execute(real, BOB)
    assert real.gate.rehearsed("upgrade", "head") is None
    assert real.gate.changed_since(rehearsal) == "The number of rows in `users` was 1 and is now 2."


def test_a_rehearsal_of_another_step_does_not_count(real: Lab) -> None:
    """One revision is not all of them."""
    filled_in(real, "Nothing", "pass")
    real.rehearse("+1")
    assert real.gate.rehearsed("upgrade", "head") is None


def test_a_step_that_cannot_be_taken_says_so_itself(real: Lab) -> None:
    """The gate does not speak of losses where there is no way."""
    with pytest.raises(HistoryError, match="at base"):
        real.downgrade()


def test_an_outdated_rehearsal_opens_no_gate(lab: Lab) -> None:
    """NULLs were rehearsed, and values were written since: nothing runs unless it is accepted."""
    execute(lab, USERS, "INSERT INTO users VALUES (1, 'Ann', NULL)")
    filled_in(lab, "Drop plans", 'op.drop_column("users", "plan")')
    assert lab.rehearse().losses == ()
    execute(lab, "UPDATE users SET plan = 'paid'")
    with pytest.raises(LossError, match=r"users\.plan"):
        lab.upgrade(accept_loss=())
    assert scalars(lab, "SELECT plan FROM users") == ["paid"]


def test_the_gate_is_asked_before_a_migration_begins(real: Lab) -> None:
    """`check` refuses what nobody accepted, and leaves a target that is wrong to the migration."""
    for target, accepted in (
        ("head", True),
        ("head", "users.plan"),
        ("nowhere", None),
        (" ", None),
    ):
        real.gate.check("upgrade", target, accepted)
    for refused in (None, False, "users.name"):
        with pytest.raises(LossError, match=r"users\.plan"):
            real.gate.check("upgrade", "head", refused)


def test_a_rehearsal_that_counts_says_it_all(real: Lab) -> None:
    """What it saw is listed as it saw it; once it is out of date, the scripts are asked too."""
    rehearsal = real.rehearse()
    assert real.gate.losses("upgrade", "head") == rehearsal.losses
    execute(real, BOB)
    (loss,) = real.gate.losses("upgrade", "head")
    assert loss.sentence == "column users.plan with 2 values"


def test_what_a_script_writes_over_is_suspected(real: Lab) -> None:
    """An UPDATE of every row is suspected of its own revision, in an upgrade."""
    filled_in(real, "Forget names", "op.execute('UPDATE users SET name = NULL')")
    assert real.gate.suspicions("upgrade", "+1") == ()
    assert real.gate.suspicions("downgrade", "head") == ()
    (sentence,) = real.gate.suspicions("upgrade", "head")
    assert sentence == "overwrites the only row of `users`"


def test_the_gate_remembers_eight_rehearsals(real: Lab) -> None:
    """Rehearsals of other migrations push the oldest one out, and never the newest."""
    rehearsal = real.rehearse()
    for number in range(7):
        real.gate.remember(replace(rehearsal, revisions=(str(number),)))
    assert real.gate.last("upgrade", "head") is rehearsal
    assert real.gate.last("upgrade", "nowhere") is None
    real.gate.remember(replace(rehearsal, revisions=("7",)))
    assert real.gate.last("upgrade", "head") is None

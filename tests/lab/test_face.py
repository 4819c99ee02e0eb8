"""The face of a lab: what it is called, where it stands, and what a cell shows of it."""

import pytest
import sqlalchemy as sa

from schema_lab import Lab
from schema_lab.errors import SchemaLabError
from tests.support.labs import filled_in, users, want


def test_the_status_of_a_new_project(lab: Lab, dialect: str) -> None:
    """At base, with no revision and no model, nothing is pending and nothing differs."""
    status = lab.status()
    assert status.dialect == dialect
    assert (status.current, status.heads, status.pending, status.problem) == ((), (), 0, "")
    assert status.drift is not None
    assert not status.drift


def test_the_status_follows_the_work(lab: Lab) -> None:
    """Pending counts revisions that wait, drift what no revision makes yet."""
    first, second = filled_in(lab, "First", "pass"), filled_in(lab, "Second", "pass")
    lab.upgrade(first)
    want(lab, users())
    status = lab.status()
    assert (status.current, status.heads, status.pending) == ((first,), (second,), 1)
    assert [str(one) for one in status.drift or ()] == ["+ create table users"]


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_a_cell_shows_where_the_lab_stands(lab: Lab) -> None:
    """`lab` at the end of a cell names dialect, database, revision, heads, pending and drift."""
    first = filled_in(lab, "First", "pass")
    shown = repr(lab)
    for fact in ("sqlite", lab.url, "revision  base", f"heads     {first}", "pending   1", "drift"):
        assert fact in shown
    assert first in lab._repr_html_()


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_a_problem_is_shown_and_not_raised(lab: Lab) -> None:
    """A lab that cannot say all still shows what it can, and why not the rest."""
    (lab.root / "alembic" / "versions" / "bad.py").write_text("def upgrade(:")
    status = lab.status()
    assert status.drift is not None
    assert "bad.py" in status.problem
    assert "bad.py" in repr(lab)


PLACES = [
    "sqlite://",
    "sqlite:///:memory:",
    "nonsense",
    "",
    "oracle://ann:s3cret@db/app",
    "postgresql://localhost",
    "sqlite:////no/such/folder/lab.db",
]


@pytest.mark.parametrize("dialect", ["sqlite"])
@pytest.mark.parametrize("url", PLACES)
def test_a_database_that_cannot_be_is_refused(lab: Lab, url: str) -> None:
    """A URL that leads nowhere is the lab's error, with a cure and without the password (I6)."""
    with pytest.raises(SchemaLabError) as caught:
        Lab(url, config=lab.root).drift()
    assert caught.value.cure
    assert "s3cret" not in str(caught.value)


def test_sessions_work_on_the_labs_engine(lab: Lab) -> None:
    """The engine is for sessions of one's own, and leaves no connection open."""
    want(lab, users())
    lab.autogenerate("Create users").write()
    lab.upgrade()
    with lab.engine.begin() as connection:
        connection.execute(sa.text("INSERT INTO users (id, name) VALUES (1, 'Ann')"))
    assert list(lab.rows("users")["name"]) == ["Ann"]
    assert list(lab.query("SELECT name FROM users")["name"]) == ["Ann"]


def test_truth_is_shown_as_the_models_say(lab: Lab) -> None:
    """On each dialect the rows of a Boolean are True and False, at a step of a migration too."""
    want(lab, users(sa.Column("active", sa.Boolean, server_default=sa.true())))
    lab.autogenerate("Users").write()
    lab.upgrade()
    lab.seed(rows=2)
    with lab.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE users SET active = true")
    assert lab.rows("users")["active"].tolist() == [True, True]
    want(lab, users(sa.Column("active", sa.Boolean), sa.Column("plan", sa.String(9))))
    lab.autogenerate("Plans").write()
    with lab.step_through() as steps:
        shown = next(steps).rows("users", models=lab.metadata)
    assert shown["active"].tolist() == [True, True]


def test_a_mariadb_server_is_called_so(lab: Lab, dialect: str) -> None:
    """Whatever the URL says, badge, panel and round trip name the server that answers."""
    filled_in(lab, "First", "pass")
    assert f">{dialect}</span>" in lab._repr_html_()
    assert repr(lab.panel()) == f"Panel({dialect})"
    assert f"on {dialect}" in repr(lab.roundtrip())

"""A table that is not this project's is left alone; the project's configuration may decide."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from schema_lab import Lab
from schema_lab.compare import Drift
from schema_lab.errors import InputError
from schema_lab.history.entries import LEAVE, OWN, entries_in
from tests.conftest import RunAlembic
from tests.support.labs import execute, filled_in, users, want

SQLITE = pytest.mark.parametrize("dialect", ["sqlite"])
OTHER = "CREATE TABLE other_app (id INTEGER PRIMARY KEY, v INTEGER)"


@pytest.fixture
def shared(lab: Lab) -> Lab:
    """Give a lab at the head of its history, beside whose table another program has made one."""
    want(lab, users())
    lab.autogenerate("Create users").write()
    lab.upgrade()
    execute(lab, OTHER, "INSERT INTO other_app VALUES (1, 1)")
    return lab


def said(drift: Drift) -> list[str]:
    """Give the sentences of a drift."""
    return [operation.sentence for operation in drift]


def test_a_table_of_another_program_is_left_alone(shared: Lab) -> None:
    """Drift and candidate pass it over, at the first look and later, and one line names it."""
    for _ in range(2):
        drift = shared.drift()
        assert not drift
        line = "1 table is not this project's: other_app. lab.own('other_app') adds a table"
        assert line in repr(drift)
        assert "other_app" in drift._repr_html_()
    want(shared, users(sa.Column("city", sa.String(9))))
    candidate = shared.autogenerate("Add a city")
    assert "other_app" not in candidate.upgrade_code
    assert shared.drift(full=True).others == ("other_app",)


def test_a_table_that_a_revision_made_is_dropped(shared: Lab) -> None:
    """Without its model, a table of the history is dropped as before."""
    teams = users()
    sa.Table("teams", teams, sa.Column("id", sa.Integer, primary_key=True))
    want(shared, teams)
    shared.autogenerate("Create teams").write()
    shared.upgrade()
    want(shared, users())
    assert said(shared.drift()) == ["drop table teams"]


MADE: dict[str, str] = {
    "loop": 'for age in ("old", "new"):\n'
    '    op.create_table(f"{age}_log", sa.Column("id", sa.Integer))',
    "sql": 'op.execute("CREATE TABLE old_log (id INTEGER)")',
    "rename": 'op.create_table("log", sa.Column("id", sa.Integer))\n'
    'op.rename_table("log", "old_log")',
    "metadata": 'table = sa.Table("old_log", sa.MetaData(), sa.Column("id", sa.Integer))\n'
    "table.create(op.get_bind())",
}


@SQLITE
@pytest.mark.parametrize("way", MADE)
def test_a_revision_made_it_in_any_way(shared: Lab, way: str) -> None:
    """A script is run to know what it makes, so that its text need not hold the name."""
    filled_in(shared, "By hand", MADE[way])
    shared.upgrade()
    assert "drop table old_log" in said(shared.drift())


@SQLITE
def test_what_a_script_makes_from_rows_is_unknown_and_stays(shared: Lab) -> None:
    """A table whose name only the database knows counts as not this project's."""
    body = (
        'for (n,) in op.get_bind().exec_driver_sql("SELECT v FROM other_app"):\n'
        '    op.create_table(f"part_{n}", sa.Column("id", sa.Integer))'
    )
    filled_in(shared, "By hand", body)
    shared.upgrade()
    drift = shared.drift()
    assert not drift
    assert drift.others == ("other_app", "part_1")


def test_own_lets_a_migration_drop_it(shared: Lab) -> None:
    """`own` is written into the configuration, and `leave` takes it back."""
    ini = shared.root / "alembic.ini"
    assert said(shared.own("other_app")) == ["drop table other_app"]
    assert entries_in(ini, OWN) == ("other_app",)
    assert not shared.leave("other_app")
    assert (entries_in(ini, OWN), entries_in(ini, LEAVE)) == ((), ("other_app",))


@SQLITE
def test_leave_keeps_a_table_of_the_history(shared: Lab) -> None:
    """A table that another program has taken over is dropped by no migration."""
    want(shared, sa.MetaData())
    assert said(shared.drift()) == ["drop table users"]
    drift = shared.leave("users")
    assert not drift
    assert drift.others == ("other_app", "users")


@SQLITE
@pytest.mark.parametrize("call", [Lab.leave, Lab.own])
def test_a_table_with_a_model_is_refused(shared: Lab, call: Callable[..., Any]) -> None:
    """What a model declares is compared, whatever the configuration says."""
    with pytest.raises(InputError, match=r"'users' is not a live table without a model"):
        call(shared, "users")


@SQLITE
def test_a_virtual_table_is_never_dropped(shared: Lab) -> None:
    """A script could not make it again, although a revision made it; its shadows go with it."""
    filled_in(shared, "Search", 'op.execute("CREATE VIRTUAL TABLE notes USING fts5 (body)")')
    shared.upgrade()
    drift = shared.drift()
    assert not drift
    assert drift.others == ("other_app",)


@pytest.mark.parametrize("dialect", ["postgresql"])
def test_partitions_and_children_are_never_dropped(shared: Lab) -> None:
    """They are parts of another table, also where a revision made them."""
    parts = (
        "CREATE TABLE users_old () INHERITS (users);"
        "CREATE TABLE ev (day DATE) PARTITION BY RANGE (day);"
        "CREATE TABLE ev_24 PARTITION OF ev FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')"
    )
    filled_in(shared, "Parts", f'op.execute("{parts}")')
    shared.upgrade()
    assert said(shared.drift(full=True)) == said(shared.drift()) == ["drop table ev"]


@SQLITE
def test_the_alembic_command_leaves_it_alone_too(
    shared: Lab, run_alembic: RunAlembic, project: Any, database_url: str
) -> None:
    """Through the two lines of env.py, `alembic check` sees what the notebook sees."""
    for revision in (project / "alembic" / "versions").glob("*.py"):
        revision.unlink()
    for revision in (shared.root / "alembic" / "versions").glob("*.py"):
        (project / "alembic" / "versions" / revision.name).write_text(revision.read_text())
    env_py = project / "alembic" / "env.py"
    models = 'import sqlalchemy as sa\n\ntarget_metadata = sa.MetaData()\nsa.Table("users", '
    models += 'target_metadata, sa.Column("id", sa.Integer, primary_key=True), '
    models += 'sa.Column("name", sa.String(50), nullable=False))\n'
    env_py.write_text(env_py.read_text().replace("target_metadata = Model.metadata\n", models))
    result = run_alembic("check")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "no model and no revision of this project makes them: other_app" in result.stderr

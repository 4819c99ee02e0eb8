"""Upgrade, downgrade, stamp and merge: the way to a target, and what a run reports."""

import pytest

from schema_lab import Lab
from schema_lab.errors import HistoryError, MigrationError, SchemaLabError
from tests.support.dump import schema_dump
from tests.support.labs import filled_in


def create(name: str) -> tuple[str, str]:
    """Give the code that creates and drops a table."""
    column = 'sa.Column("id", sa.Integer, primary_key=True)'
    return f'op.create_table("{name}", {column})', f'op.drop_table("{name}")'


@pytest.fixture
def three(lab: Lab) -> tuple[str, str, str]:
    """Write three revisions, each with a table."""
    return (
        filled_in(lab, "Create ant", *create("ant")),
        filled_in(lab, "Create bee", *create("bee")),
        filled_in(lab, "Create cow", *create("cow")),
    )


def tables(lab: Lab) -> list[str]:
    """Name the live tables."""
    return list(lab.tables()["table"])


Three = tuple[str, str, str]


def test_an_upgrade_goes_to_the_head(lab: Lab, three: Three) -> None:
    """Without a target all pending revisions run, oldest first."""
    run = lab.upgrade()
    assert (run.direction, run.before, run.after) == ("upgrade", (), three[2:])
    assert run.revisions == three
    assert tables(lab) == ["ant", "bee", "cow"]


@pytest.mark.parametrize(
    ("target", "left"), [("-1", 2), ("-2", 1), ("base", 0), ("{1}", 2), ("{0}", 1)]
)
def test_a_downgrade_goes_to_its_target(lab: Lab, three: Three, target: str, left: int) -> None:
    """A downgrade takes back revisions down to, and without, its target."""
    lab.upgrade()
    run = lab.downgrade(target.format(*three))
    assert run.after == three[:left][-1:]
    assert run.revisions == tuple(reversed(three[left:]))
    assert tables(lab) == ["ant", "bee", "cow"][:left]


@pytest.mark.parametrize(("target", "there"), [("+1", 1), ("+2", 2), ("{1}", 2), ("heads", 3)])
def test_an_upgrade_stops_at_its_target(lab: Lab, three: Three, target: str, there: int) -> None:
    """A relative or a named target ends the way."""
    assert lab.upgrade(target.format(*three)).after == three[there - 1 : there]
    assert tables(lab) == ["ant", "bee", "cow"][:there]


def test_there_and_back_is_where_it_began(lab: Lab, three: Three) -> None:
    """Upgrade, downgrade, upgrade: the database is as after the first upgrade."""
    lab.upgrade()
    before = schema_dump(lab.engine.url)
    lab.downgrade("base")
    lab.upgrade()
    assert schema_dump(lab.engine.url) == before


def test_at_the_target_nothing_runs(lab: Lab, three: Three) -> None:
    """A second upgrade runs no statement and says so."""
    lab.upgrade()
    run = lab.upgrade()
    assert (run.revisions, run.statements) == ((), ())
    assert repr(run) == f"Nothing to upgrade: the database is at {three[2]}."


def test_each_revision_is_announced(lab: Lab, three: Three) -> None:
    """`on_revision` hears each id when it is done, how many are done and how many there are."""
    heard: list[tuple[str, int, int]] = []
    lab.upgrade(on_revision=lambda *news: heard.append(news))
    assert heard == [(three[0], 1, 3), (three[1], 2, 3), (three[2], 3, 3)]


def test_a_run_keeps_its_statements(lab: Lab, three: Three) -> None:
    """Each statement of the revisions is there with its time, also as a DataFrame."""
    run = lab.upgrade("+1")
    created = [one for one in run.statements if one.sql.startswith("CREATE TABLE ant")]
    assert len(created) == 1
    assert created[0].milliseconds > 0
    assert list(run.frame.columns) == ["sql", "milliseconds", "rows"]
    assert len(run.frame) == len(run.statements)


def test_a_stamp_moves_the_version_alone(lab: Lab, three: Three) -> None:
    """`lab.stamp` says where the database stands, and creates nothing."""
    assert lab.stamp("head").after == three[2:]
    assert tables(lab) == []
    assert [one.id for one in lab.current()] == [three[2]]


WRONG = {
    "unknown": ("upgrade", "feedface"),
    "empty": ("upgrade", ""),
    "too far up": ("upgrade", "+9"),
    "too far down": ("downgrade", "-9"),
    "down from above": ("downgrade", "{2}"),
    "unknown below": ("downgrade", "feedface"),
    "unknown stamp": ("stamp", "feedface"),
    "path": ("upgrade", "../../x"),
    "quote": ("upgrade", "x'; DROP TABLE ant--"),
}


@pytest.mark.parametrize(("dialect", "name"), [("sqlite", name) for name in WRONG])
def test_a_target_that_cannot_be_reached_is_refused(lab: Lab, three: Three, name: str) -> None:
    """A target that is unknown or lies the other way is the lab's error, and nothing moves."""
    lab.upgrade("+1")
    before = schema_dump(lab.engine.url)
    verb, target = WRONG[name]
    with pytest.raises(SchemaLabError) as caught:
        getattr(lab, verb)(target.format(*three))
    assert caught.value.fact
    assert caught.value.cure
    assert schema_dump(lab.engine.url) == before


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_with_one_head_there_is_nothing_to_merge(lab: Lab, three: Three) -> None:
    """`lab.merge` refuses one head, and writes nothing."""
    with pytest.raises(HistoryError, match=f"only one head, {three[2]}"):
        lab.merge("Join")
    assert len(lab.history()) == 3


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_with_no_revision_there_is_nothing_to_merge(lab: Lab) -> None:
    """Nor does it merge an empty history."""
    with pytest.raises(HistoryError, match="only one head, base"):
        lab.merge("Join")


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_a_template_that_makes_no_python_is_refused(lab: Lab) -> None:
    """A script that Python cannot read is removed again, so that other commands still work."""
    template = lab.root / "alembic" / "script.py.mako"
    template.write_text(template.read_text().replace("def upgrade()", "def upgrade("))
    with pytest.raises(HistoryError, match="not valid Python"):
        lab.revision("Nothing")
    assert len(lab.history()) == 0


ROLLS_BACK = """
from alembic import context
from sqlalchemy import NullPool, create_engine

url = context.config.get_main_option("sqlalchemy.url")
with create_engine(url, poolclass=NullPool).connect() as connection:
    context.configure(connection=connection, target_metadata=None)
    context.run_migrations()
"""


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_success_is_not_claimed_without_a_commit(lab: Lab, three: Three) -> None:
    """Under an env.py that forgets begin_transaction(), the heads are read afresh: an error."""
    (lab.root / "alembic" / "env.py").write_text(ROLLS_BACK)
    with pytest.raises(MigrationError, match="but the database is at base"):
        lab.upgrade()
    assert len(lab.current()) == 0

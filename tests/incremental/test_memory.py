"""What a lab looks at again, and what it remembers."""

import shutil
import time
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from schema_lab import Lab
from tests.support.labs import be, execute, lab, want

__all__ = ["lab"]


def shop() -> sa.MetaData:
    """Give four tables; orders point to customers."""
    metadata = sa.MetaData()
    for name in ("customers", "goods", "prices"):
        key = sa.Column("id", sa.Integer, primary_key=True)
        sa.Table(name, metadata, key, sa.Column("name", sa.String(50)))
    key = sa.Column("id", sa.Integer, primary_key=True)
    goal = sa.Column("customer_id", sa.Integer, sa.ForeignKey("customers.id", name="fk_customer"))
    sa.Table("orders", metadata, key, goal)
    return metadata


@pytest.fixture
def equal(lab: Lab, dialect: str) -> Lab:
    """Give a lab whose models and database are equal, which has looked once."""
    be(lab, shop())
    want(lab, shop())
    if dialect == "mariadb":
        time.sleep(3.1)  # what is younger is looked at again, whatever happened
    assert not lab.drift()
    return lab


def looked(lab: Lab, **options: bool) -> set[str]:
    """Name the tables that a drift looks at."""
    return {name for _, name in lab.drift(**options).looked_at.places}


def test_nothing_is_looked_at_twice(equal: Lab) -> None:
    """Where nothing has changed, no table is compared."""
    assert equal.drift().looked_at.places == frozenset()
    assert str(equal.drift().looked_at) == "Compared 0 of 4 tables."


def test_full_looks_at_everything(equal: Lab) -> None:
    """`full` compares every table, whatever is known."""
    assert looked(equal, full=True) == {"customers", "goods", "prices", "orders"}


def test_a_changed_model_is_looked_at(equal: Lab) -> None:
    """A column more makes one table be compared, as long as it differs."""
    equal.models.metadata.tables["goods"].append_column(sa.Column("size", sa.Integer))
    assert looked(equal) == looked(equal) == {"goods"}
    assert [one.sentence for one in equal.drift()] == ["add column goods.size INTEGER"]


def test_a_change_inside_a_model_is_seen(equal: Lab, dialect: str) -> None:
    """A length that is set anew on a column that stays is drift."""
    equal.models.metadata.tables["goods"].c["name"].type.length = 60  # type: ignore[attr-defined]
    assert looked(equal) == {"goods"}
    assert len(equal.drift()) == 1


def test_models_built_anew_are_no_change(equal: Lab) -> None:
    """Other objects that say the same are not compared again."""
    want(equal, shop())
    assert looked(equal) == set()


def test_who_points_to_a_changed_table_is_looked_at(equal: Lab) -> None:
    """A change of customers, model or live, brings orders with it."""
    equal.models.metadata.tables["customers"].c["name"].nullable = False
    assert looked(equal) == {"customers", "orders"}
    execute(equal, "ALTER TABLE goods ADD COLUMN size INTEGER")
    assert looked(equal) == {"customers", "goods"}


def test_who_points_to_an_altered_table_is_looked_at(equal: Lab) -> None:
    """A live customers that was altered brings orders, which points to it."""
    execute(equal, "ALTER TABLE customers ADD COLUMN size INTEGER")
    assert looked(equal) == {"customers", "orders"}


ENV_PY = """
from alembic import context
from sqlalchemy import NullPool, create_engine

with create_engine({url!r}, poolclass=NullPool).connect() as connection:
    context.configure(connection=connection, target_metadata=None, compare_type={compare_type})
    with context.begin_transaction():
        context.run_migrations()
"""


def test_changed_options_forget_what_was_equal(equal: Lab) -> None:
    """An env.py that asks for another comparison has every table compared, once."""
    (env_py,) = equal.root.rglob("env.py")
    url = equal.engine.url.render_as_string(hide_password=False)
    env_py.write_text(ENV_PY.format(url=url, compare_type=True))
    equal.drift()
    assert looked(equal) == set()
    env_py.write_text(ENV_PY.format(url=url, compare_type=False))
    assert looked(equal) == {"customers", "goods", "prices", "orders"}
    assert looked(equal) == set()


def test_what_another_connection_does_is_seen(equal: Lab) -> None:
    """DDL of anybody's is drift at the next look, and again when it is taken back."""
    execute(equal, "ALTER TABLE prices ADD COLUMN size INTEGER")
    assert looked(equal) == {"prices"}
    execute(equal, "ALTER TABLE prices DROP COLUMN size")
    assert looked(equal) >= {"prices"}
    assert not equal.drift()


def test_a_table_of_nobody_is_named_and_not_compared(equal: Lab) -> None:
    """A live table that neither a model nor a revision makes is said as long as it is there."""
    execute(equal, "CREATE TABLE extra (id INTEGER)")
    drift = equal.drift()
    assert (drift.others, drift.looked_at.places, len(drift)) == (("extra",), frozenset(), 0)
    execute(equal, "DROP TABLE extra")
    assert equal.drift().others == ()


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=False)
def test_a_file_put_in_place_is_seen(equal: Lab, dialect: str) -> None:
    """The same schema_version with another schema is another schema."""
    file = Path(str(equal.engine.url.database))
    kept = shutil.copy(file, file.with_suffix(".kept"))
    execute(equal, "ALTER TABLE goods ADD COLUMN size INTEGER")
    assert len(equal.drift()) == 1
    shutil.copy(kept, file)
    execute(equal, "ALTER TABLE goods ADD COLUMN hue INTEGER")
    assert "hue" in equal.drift().operations[0].sentence


@pytest.mark.parametrize("dialect", ["postgresql"], indirect=False)
def test_comments_are_seen(equal: Lab, dialect: str) -> None:
    """COMMENT ON writes no row of the table's own, and is drift."""
    execute(equal, "COMMENT ON COLUMN goods.name IS 'said'")
    assert looked(equal) == {"goods"}
    assert len(equal.drift()) == 1


def test_the_candidate_knows_too(equal: Lab) -> None:
    """The script over remembered tables is the script over all."""
    equal.models.metadata.tables["goods"].append_column(sa.Column("size", sa.Integer))
    narrow = equal.autogenerate("Sizes")
    equal._memory.equal.clear()
    full = equal.autogenerate("Sizes")
    assert narrow.upgrade_code == full.upgrade_code
    assert narrow.downgrade_code == full.downgrade_code


def _asked_of_drivers(lab: Lab, table: str) -> list[str]:
    """Look, and give the statements that name a table and that no memory has answered."""
    asked: list[str] = []

    do_execute = lab.engine.dialect.do_execute

    def noted(cursor: Any, statement: str, parameters: Any, context: Any = None) -> None:
        if table in f"{statement}{parameters}":
            asked.append(statement)
        do_execute(cursor, statement, parameters, context)

    lab.engine.dialect.do_execute = noted  # type: ignore[method-assign]
    try:
        lab.drift()
    finally:
        lab.engine.dialect.do_execute = do_execute  # type: ignore[method-assign]
    return asked


def test_a_table_that_differs_is_read_once(equal: Lab) -> None:
    """What its comparison has asked is not asked again, as long as nothing has changed."""
    equal.models.metadata.tables["goods"].append_column(sa.Column("size", sa.Integer))
    first, second = _asked_of_drivers(equal, "goods"), _asked_of_drivers(equal, "goods")
    assert len(second) < len(first) / 2
    assert [one.sentence for one in equal.drift()] == ["add column goods.size INTEGER"]


def test_a_table_that_was_altered_is_read_again(equal: Lab) -> None:
    """An answer is not older than the schema."""
    equal.models.metadata.tables["goods"].append_column(sa.Column("size", sa.Integer))
    assert equal.drift()
    execute(equal, "ALTER TABLE goods ADD COLUMN size INTEGER")
    assert not equal.drift()

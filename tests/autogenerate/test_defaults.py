"""Comparing server defaults runs nothing of what stands in the database (I7)."""

import ast
from typing import Any

import pytest
import sqlalchemy as sa

from schema_lab import Lab
from tests.support.labs import be, execute, scalars, users, want

TRAP = """
CREATE SEQUENCE sprung;
CREATE FUNCTION trap() RETURNS text LANGUAGE plpgsql AS
$$ BEGIN PERFORM nextval('sprung'); RETURN 'free'; END $$;
CREATE TABLE users (
    id INTEGER PRIMARY KEY DEFAULT nextval('sprung'),
    name VARCHAR(50) NOT NULL DEFAULT trap(),
    plan VARCHAR(20) DEFAULT trap()
)
"""
HOSTILE = "'); import pathlib; pathlib.Path('canary').touch() #\"\"\"\\"


def expected() -> sa.MetaData:
    """Give models whose defaults differ from the traps."""
    return users(sa.Column("plan", sa.String(20), server_default="paid"))


def sprung(lab: Lab) -> bool:
    """Say whether a default was executed: a sequence advances even when all is rolled back."""
    return bool(scalars(lab, "SELECT is_called FROM sprung")[0])


@pytest.mark.parametrize("dialect", ["postgresql"])
def test_drift_does_not_execute_a_default(lab: Lab) -> None:
    """No function or sequence in a default runs when drift and candidate are made (I7)."""
    execute(lab, TRAP)
    want(lab, expected())
    lab.drift()
    lab.autogenerate("Change the plan")
    assert not sprung(lab)


@pytest.mark.parametrize("dialect", ["postgresql"])
def test_an_env_py_that_asks_for_defaults_executes_none(lab: Lab) -> None:
    """A foreign env.py with compare_server_default=True is given the safe comparison (I7)."""
    env = lab.root / "alembic" / "env.py"
    env.write_text(
        "from alembic import context\n"
        "from sqlalchemy import NullPool, create_engine\n"
        "url = context.config.get_main_option('sqlalchemy.url')\n"
        "engine = create_engine(url, poolclass=NullPool)\n"
        "with engine.connect() as connection:\n"
        "    context.configure(\n"
        "        connection=connection, target_metadata=None, compare_server_default=True\n"
        "    )\n"
        "    with context.begin_transaction():\n"
        "        context.run_migrations()\n"
    )
    execute(lab, TRAP)
    want(lab, expected())
    lab.drift()
    assert not sprung(lab)


def test_a_default_that_looks_like_code_stays_text(lab: Lab) -> None:
    """A hostile default in the database is a string in the candidate's code (I7)."""
    be(lab, users(sa.Column("plan", sa.String(100), server_default=HOSTILE)))
    want(lab, users())
    candidate = lab.autogenerate("Drop the plan")
    called = {
        ast.unparse(node.func).split(".")[0]
        for node in ast.walk(ast.parse(candidate.downgrade_code))
        if isinstance(node, ast.Call)
    }
    assert called <= {"op", "batch_op", "sa", "mysql"}
    for dialect in ("sqlite", "postgresql", "mariadb"):
        candidate.sql(dialect, "downgrade")
    assert not (lab.root / "canary").exists()


@pytest.mark.parametrize("dialect", ["postgresql", "mariadb"])
def test_a_comment_that_looks_like_code_stays_text(lab: Lab) -> None:
    """A hostile column comment in the database is kept as it is, and runs nothing (I7)."""
    be(lab, users(sa.Column("plan", sa.String(20), comment=HOSTILE)))
    want(lab, users())
    lab.autogenerate("Drop the plan").write()
    lab.upgrade()
    lab.downgrade()
    comments = {one["name"]: one["comment"] for one in sa.inspect(lab.engine).get_columns("users")}
    assert comments["plan"] == HOSTILE


Default = tuple[sa.types.TypeEngine[Any], Any]

EQUAL: dict[str, Default] = {
    "text": (sa.String(20), "free"),
    "empty": (sa.String(20), ""),
    "quote": (sa.String(20), "it's"),
    "percent": (sa.String(20), "100%"),
    "number": (sa.Integer(), "18"),
    "negative": (sa.Integer(), "-1"),
    "decimal": (sa.Numeric(8, 2), "1.50"),
    "true": (sa.Boolean(), sa.true()),
    "false": (sa.Boolean(), sa.false()),
    "now": (sa.DateTime(), sa.func.now()),
    "timestamp": (sa.DateTime(), sa.text("CURRENT_TIMESTAMP")),
    "null": (sa.String(20), sa.null()),
    "expression": (sa.Integer(), sa.text("(1 + 1)")),
    "expression of texts": (sa.String(20), sa.text("('a' || 'b')")),
}


def with_default(default: Default) -> sa.MetaData:
    """Give users with a column x that has this type and default."""
    return users(sa.Column("x", default[0], server_default=default[1]))


@pytest.mark.parametrize("name", EQUAL)
def test_an_equal_default_is_no_drift(lab: Lab, name: str) -> None:
    """What the database makes of a default's spelling is not taken for a change."""
    be(lab, with_default(EQUAL[name]))
    want(lab, with_default(EQUAL[name]))
    assert list(lab.drift()) == []


CHANGES = {
    "text": ("free", "paid"),
    "space": ("a b", "a  b"),
    "case": ("Free", "free"),
    "percent": ("100", "100%"),
    "number": ("18", "21"),
    "word": ("now", "NULL"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_changed_default_is_drift(lab: Lab, name: str) -> None:
    """A default that differs as text is seen, and a migration changes it for new rows (D8)."""
    before, after = CHANGES[name]
    be(lab, with_default((sa.String(20), before)))
    want(lab, with_default((sa.String(20), after)))
    lab.autogenerate("Change the default").write()
    lab.upgrade()
    execute(lab, "INSERT INTO users (id, name) VALUES (1, 'Ann')")
    assert scalars(lab, "SELECT x FROM users") == [after]


def test_generated_columns_can_be_compared(lab: Lab) -> None:
    """A column that the database computes is no drift after its migration, and is read back."""
    double = sa.Column("double", sa.Integer, sa.Computed("n * 2", persisted=True))
    want(lab, users(sa.Column("n", sa.Integer), double))
    lab.autogenerate("Create users").write()
    lab.upgrade()
    assert not lab.drift()


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_a_truth_value_has_many_spellings(lab: Lab) -> None:
    """A boolean's default is the same as 'false', false and 0, and another one is seen."""
    be(lab, users(sa.Column("active", sa.Boolean, server_default="false")))
    want(lab, users(sa.Column("active", sa.Boolean, server_default=sa.false())))
    assert not lab.drift()
    want(lab, users(sa.Column("active", sa.Boolean, server_default="true")))
    assert len(lab.drift()) == 1

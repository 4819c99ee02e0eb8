"""SQL in the models reaches the database word for word, `%` and `:name` included (D8)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pytest
import sqlalchemy as sa

from schema_lab import Lab
from tests.support.labs import be, execute, scalars, users, want

DEFAULTS: Mapping[str, tuple[Any, str]] = MappingProxyType(
    {
        "string with %": ("100%", "100%"),
        "string with %%": ("100%%", "100%%"),
        "string like a placeholder": ("%(name)s %s", "%(name)s %s"),
        "string with :name": ("see :name", "see :name"),
        "string with a backslash": (r"a\b\:c\\d", r"a\b\:c\\d"),
        "string with a quote": ("it's", "it's"),
        "string of two lines": ("one\ntwo", "one\ntwo"),
        "text with %": (sa.text("'100%'"), "100%"),
        "text with %%": (sa.text("'100%%'"), "100%%"),
        "text with :name": (sa.text("' see :name'"), " see :name"),
        "text with an escaped :name": (sa.text(r"' see \:name'"), " see :name"),
        "literal with both": (sa.literal("100% :name"), "100% :name"),
        "function": (sa.func.lower("A% :N"), "a% :n"),
    }
)
CHECKS = {
    "%": ("plan LIKE 'a%'", "abc", "b"),
    "%%": ("plan <> '100%%'", "100%", "100%%"),
    ":name": ("plan <> ' see :name'", " see NULL", " see :name"),
}


def plan(default: Any) -> sa.Column[Any]:
    """Give a text column with a default."""
    return sa.Column("plan", sa.String(40), server_default=default)


def upgraded(lab: Lab, metadata: sa.MetaData) -> None:
    """Bring the database to the models by a migration."""
    want(lab, metadata)
    lab.autogenerate("Change users").write()
    lab.upgrade()


def default_of_a_new_row(lab: Lab) -> object:
    """Let the database fill the column."""
    execute(lab, "INSERT INTO users (id, name) VALUES (1, 'Ann')")
    return scalars(lab, "SELECT plan FROM users")[0]


@pytest.mark.parametrize("name", DEFAULTS)
def test_a_default_arrives_as_it_is_written(lab: Lab, name: str) -> None:
    """D8: a new column's default is the model's text, and there is no drift after."""
    default, text = DEFAULTS[name]
    be(lab, users())
    upgraded(lab, users(plan(default)))
    assert list(lab.drift()) == []
    assert default_of_a_new_row(lab) == text


@pytest.mark.parametrize("name", DEFAULTS)
@pytest.mark.parametrize("dialect", ["postgresql"])
def test_a_dropped_default_comes_back_as_it_was(lab: Lab, name: str) -> None:
    """D8: the downgrade repeats the default that the database had."""
    default, _ = DEFAULTS[name]
    be(lab, users(plan(default.text if name == "text with :name" else default)))
    before = default_of_a_new_row(lab)
    upgraded(lab, users())
    lab.downgrade()
    execute(lab, "DELETE FROM users")
    assert default_of_a_new_row(lab) == before


@pytest.mark.parametrize("target", ["sqlite", "postgresql", "mariadb"])
@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_the_sql_that_is_shown_is_the_sql(lab: Lab, target: str) -> None:
    """D8: `candidate.sql` doubles no `%` and keeps `:name`, wherever it was made."""
    be(lab, users())
    want(lab, users(plan(sa.text("'100% :name'"))))
    assert "DEFAULT '100% :name'" in lab.autogenerate("Add plans").sql(target)


@pytest.mark.parametrize("name", CHECKS)
def test_a_check_arrives_as_it_is_written(lab: Lab, name: str) -> None:
    """D8: a CHECK lets pass and stops what it says."""
    condition, good, bad = CHECKS[name]
    metadata = users(plan(None), sa.CheckConstraint(condition, name="ck_users_plan"))
    want(lab, sa.MetaData())
    upgraded(lab, metadata)
    table = metadata.tables["users"]
    with lab.engine.begin() as connection:
        connection.execute(table.insert(), [{"id": 1, "name": "Ann", "plan": good}])
    with pytest.raises(sa.exc.DBAPIError), lab.engine.begin() as connection:
        connection.execute(table.insert(), [{"id": 2, "name": "Bob", "plan": bad}])


@pytest.mark.parametrize("dialect", ["postgresql"])
def test_an_index_expression_arrives_as_it_is_written(lab: Lab) -> None:
    """D8: an index on an expression with `%` and its condition say what the model says."""
    metadata = users(plan(None))
    column = metadata.tables["users"].c.plan
    where = sa.text("plan <> '100% :name'")
    sa.Index("ix_users_plan", sa.func.replace(column, "%", ":x"), postgresql_where=where)
    upgraded(lab, metadata)
    query = "SELECT indexdef FROM pg_indexes WHERE indexname = 'ix_users_plan'"
    (written,) = scalars(lab, query)
    assert "'%'::text, ':x'::text" in str(written)
    assert "'100% :name'" in str(written)


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_a_copied_table_keeps_its_words(lab: Lab) -> None:
    """D8: batch mode on SQLite copies defaults and checks with `%` and `:name` as they were."""
    check = sa.CheckConstraint("plan <> '99% :name'", name="ck_users_plan")
    parts = (plan("100% :name"), check)
    upgraded(lab, users(*parts, sa.Column("note", sa.String(20))))
    before = str(scalars(lab, "SELECT sql FROM sqlite_master WHERE name = 'users'")[0])
    upgraded(lab, users(*(one._copy() for one in parts), sa.Column("note", sa.Text)))
    after = str(scalars(lab, "SELECT sql FROM sqlite_master WHERE name = 'users'")[0])
    assert after.replace('"users"', "users") == before.replace("note VARCHAR(20)", "note TEXT")
    assert default_of_a_new_row(lab) == "100% :name"

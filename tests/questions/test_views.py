"""Views that read what changes: created again where they can be, asked about where they cannot."""

from typing import Any

import pytest
import sqlalchemy as sa

from schema_lab import Lab
from schema_lab.errors import HistoryError, ModelError
from tests.support.labs import execute, scalars, users, want
from tests.whole_schema.dumped import dumped

VIEWS = (
    "CREATE VIEW heights AS SELECT id, height FROM users",
    "CREATE VIEW tall AS SELECT heights.id FROM heights WHERE heights.height > 2",
)


def with_views(lab: Lab, *statements: str) -> set[str]:
    """Migrate to users with a height, create views, and give the dump."""
    want(lab, users(height(sa.Integer())))
    lab.autogenerate("Create users").write()
    lab.upgrade()
    execute(lab, "INSERT INTO users (id, name, height) VALUES (1, 'Ann', 3)")
    execute(lab, *(statements or VIEWS))
    return dumped(lab)


def height(kind: Any) -> sa.Column[Any]:
    """Give a column height."""
    return sa.Column("height", kind)


def test_views_of_a_changed_column_stay(lab: Lab) -> None:
    """They read the new type after the upgrade, and the downgrade gives the schema before."""
    before = with_views(lab)
    want(lab, users(height(sa.BigInteger())))
    lab.autogenerate("Greater").write()
    lab.upgrade()
    assert scalars(lab, "SELECT id FROM tall") == [1]
    assert list(lab.drift()) == []
    lab.downgrade()
    assert dumped(lab) == before


def test_views_of_a_dropped_column_are_asked_about(lab: Lab) -> None:
    """Without an answer nothing is written; with it, the views go, and the downgrade has them."""
    before = with_views(lab)
    want(lab, users())
    candidate = lab.autogenerate("No height")
    with pytest.raises(HistoryError, match=r"`heights`, `tall` read `users\.height`, which is"):
        candidate.write()
    candidate.drop_views("users.height").write()
    lab.upgrade()
    assert not {"heights", "tall"} & set(sa.inspect(lab.engine).get_view_names())
    lab.downgrade()
    assert dumped(lab) == before


def test_a_rename_asks_nothing_about_views_that_do_not_read_it(lab: Lab) -> None:
    """Another column of the same table is dropped without a question about views."""
    want(lab, users(height(sa.Integer()), sa.Column("city", sa.String(9))))
    lab.autogenerate("Create users").write()
    lab.upgrade()
    execute(lab, *VIEWS)
    want(lab, users(height(sa.Integer())))
    assert [question.kind for question in lab.autogenerate("No city").questions] == []


@pytest.mark.parametrize("dialect", ["postgresql"])
@pytest.mark.parametrize(
    ("statements", "lost"),
    [
        (["CREATE MATERIALIZED VIEW m AS SELECT height FROM users"], "rows and indexes"),
        ([VIEWS[0], "GRANT SELECT ON heights TO PUBLIC"], "privileges"),
    ],
    ids=["materialized", "granted"],
)
def test_a_view_that_would_lose_something_is_refused(
    lab: Lab, statements: list[str], lost: str
) -> None:
    """The candidate names the view before anything runs."""
    with_views(lab, *statements)
    want(lab, users(height(sa.BigInteger())))
    with pytest.raises(ModelError, match=lost):
        lab.autogenerate("Greater")


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_triggers_of_a_view_are_created_again(lab: Lab) -> None:
    """SQLite drops the INSTEAD OF trigger with its view."""
    trigger = (
        "CREATE TRIGGER grown INSTEAD OF INSERT ON heights BEGIN "
        "INSERT INTO users (id, name, height) VALUES (new.id, 'x', new.height); END"
    )
    with_views(lab, VIEWS[0], trigger)
    want(lab, users(height(sa.BigInteger())))
    lab.autogenerate("Greater").write()
    lab.upgrade()
    execute(lab, "INSERT INTO heights (id, height) VALUES (2, 5)")
    assert scalars(lab, "SELECT height FROM users ORDER BY id") == [3, 5]

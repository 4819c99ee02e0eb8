"""A foreign key is added over rows without a parent: the lab asks what happens to them."""

from typing import Any

import pytest
import sqlalchemy as sa

from schema_lab import Lab
from schema_lab.candidate import Candidate
from schema_lab.errors import HistoryError
from tests.support.labs import be, execute, scalars, users, want

ABOUT = "book.user_id"


def books(*, key: bool, nullable: bool = True) -> sa.MetaData:
    """Give users and books."""
    metadata = users()
    keys = [sa.ForeignKey("users.id", name="fk_book")] if key else []
    sa.Table(
        "book",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("user_id", sa.Integer, *keys, nullable=nullable),
    )
    return metadata


def candidate_for(lab: Lab, *, nullable: bool = True) -> Candidate:
    """Have a book with its user and two without, and want a foreign key."""
    be(lab, books(key=False, nullable=nullable))
    execute(lab, "INSERT INTO users (id, name) VALUES (1, 'A')")
    execute(lab, "INSERT INTO book (id, user_id) VALUES (1, 1), (2, 7), (3, 8)")
    want(lab, books(key=True, nullable=nullable))
    return lab.autogenerate("Books of users")


@pytest.mark.parametrize(
    ("answer", "found"),
    [({"to": None}, [(1, 1), (2, None), (3, None)]), ({"delete": True}, [(1, 1)])],
    ids=["null", "delete"],
)
def test_rows_without_a_parent_are_changed(
    lab: Lab, answer: dict[str, Any], found: list[Any]
) -> None:
    """The answer runs before the key is added, with the number of rows in the script."""
    candidate = candidate_for(lab).orphans(ABOUT, **answer)
    assert "Without a row in users: 2 rows of book" in candidate.upgrade_code
    candidate.write()
    lab.upgrade()
    ids = scalars(lab, "SELECT id FROM book ORDER BY id")
    values = scalars(lab, "SELECT user_id FROM book ORDER BY id")
    assert list(zip(ids, values, strict=True)) == found
    assert list(lab.drift()) == []


def test_a_column_without_null_cannot_be_set_to_null(lab: Lab) -> None:
    """The question offers to delete the rows, or to stop."""
    (question,) = candidate_for(lab, nullable=False).questions
    assert [choice.value for choice in question.choices] == [("delete",), ("stop",)]


def test_without_an_answer_the_rows_block(lab: Lab) -> None:
    """The candidate is not written, and the error names the answers."""
    with pytest.raises(HistoryError, match="have no row in `users`") as refused:
        candidate_for(lab).write()
    assert "`candidate.orphans('book.user_id', to=None)`" in refused.value.cure

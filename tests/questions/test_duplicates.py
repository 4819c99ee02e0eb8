"""Columns become unique over duplicate values: the lab asks which rows are kept."""

import pytest
import sqlalchemy as sa

from schema_lab import Lab
from schema_lab.candidate import Candidate
from schema_lab.errors import HistoryError, InputError
from tests.support.labs import be, execute, scalars, users, want

ABOUT = "users.mail"


def mail(*, unique: bool) -> sa.MetaData:
    """Give users with a mail, and posts that refer to users."""
    metadata = users(sa.Column("mail", sa.String(20), unique=unique))
    sa.Table(
        "post",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("user_id", sa.ForeignKey("users.id", name="fk_post")),
    )
    return metadata


def candidate_for(lab: Lab) -> Candidate:
    """Have three users with one mail, two without, and want the mail unique."""
    be(lab, mail(unique=False))
    values = "(1, 'A', 'x'), (2, 'B', 'x'), (3, 'C', 'y'), (4, 'D', NULL), (5, 'E', NULL)"
    execute(lab, f"INSERT INTO users (id, name, mail) VALUES {values}, (6, 'F', 'x')")
    want(lab, mail(unique=True))
    return lab.autogenerate("Unique mail")


@pytest.mark.parametrize(("keep", "ids"), [("first", [1, 3, 4, 5]), ("last", [3, 4, 5, 6])])
def test_one_row_of_each_value_is_kept(lab: Lab, keep: str, ids: list[int]) -> None:
    """The other rows are deleted before the constraint is made; NULLs are no duplicates."""
    candidate = candidate_for(lab).duplicates(ABOUT, keep=keep)
    assert "2 rows of users deleted" in candidate.upgrade_code
    candidate.write()
    lab.upgrade()
    assert scalars(lab, "SELECT id FROM users ORDER BY id") == ids
    assert list(lab.drift()) == []


def test_without_an_answer_the_rows_block(lab: Lab) -> None:
    """The candidate is not written, and the error names the answers."""
    candidate = candidate_for(lab)
    (question,) = candidate.questions
    assert question.evidence == ("1 value of `users.mail` occurs more than once: 'x' (3 rows).",)
    with pytest.raises(HistoryError, match="block this migration") as refused:
        candidate.write()
    assert "`candidate.duplicates('users.mail', keep='first')`" in refused.value.cure


def test_a_row_that_others_refer_to_is_not_deleted(lab: Lab) -> None:
    """The choice that would delete it is not offered, and the question says why."""
    be(lab, mail(unique=False))
    execute(lab, "INSERT INTO users (id, name, mail) VALUES (1, 'A', 'x'), (2, 'B', 'x')")
    execute(lab, "INSERT INTO post (id, user_id) VALUES (1, 2)")
    want(lab, mail(unique=True))
    candidate = lab.autogenerate("Unique mail")
    (question,) = candidate.questions
    assert "1 row of `post` refers to rows that would be deleted." in question.evidence
    with pytest.raises(InputError, match="is not an answer"):
        candidate.duplicates(ABOUT, keep="first")
    candidate.duplicates(ABOUT, keep="last").write()

"""Plain text: what terminals show and stored outputs compare."""

from schema_lab import views
from schema_lab.compare import Drift, Operation
from schema_lab.history import History, Revision
from tests.views import values


def test_a_drift_is_a_line_for_each_operation() -> None:
    """Symbol and sentence, under a line that counts them; notes at the end."""
    assert views.drift.drift_text(values.DRIFT) == (
        "3 operations would make the database match the models:\n"
        "+ add column users.plan VARCHAR(20)\n"
        "- drop column users.email\n"
        "~ change users.id from INTEGER to BIGINT\n"
        "Note: Team waits for a class named League"
    )


def test_an_empty_drift_says_so() -> None:
    """No operation is a sentence, not an empty text."""
    assert views.drift.drift_text(values.NO_DRIFT) == "The database matches the models: no drift."


def test_a_history_is_aligned_newest_first() -> None:
    """Columns stand under their names, whatever their width."""
    assert views.history.history_text(values.HISTORY) == (
        "revision  down_revision  state          message\n"
        "0003      0002           pending, head  Left\n"
        "0002      0001           pending        Add plans\n"
        "0001      base           current        Create users"
    )


def test_both_ends_of_a_branch_are_named() -> None:
    """A merge shows both revisions that it joins."""
    assert "0003, 0004" in views.history.history_text(History((values.MERGED,)))


def test_an_applied_revision_that_another_follows_is_not_current() -> None:
    """Only the last applied revision of a line is current."""
    second = Revision("0002", "Add plans", ("0001",), None, is_head=True, applied=True)
    lines = views.history.history_text(History((second, values.FIRST))).splitlines()
    assert "current, head" in lines[1]
    assert "applied" in lines[2]


def test_an_empty_history_says_so() -> None:
    """No revision is a sentence."""
    assert views.history.history_text(History(())) == "No revision yet."


def test_a_revision_is_one_line() -> None:
    """Id, message, what it follows, where it stands."""
    assert views.history.revision_text(values.FIRST) == "0001 Create users (after base; applied)"
    assert views.history.revision_text(values.LEFT) == "0003 Left (after 0002; pending, head)"


def test_a_run_says_from_where_to_where_and_no_time() -> None:
    """The text of a run is the same however long it took."""
    assert views.run.run_text(values.RUN) == "upgrade base → 0001\n  0001"


def test_a_run_says_its_time_when_asked() -> None:
    """With times the milliseconds of all statements are added up."""
    assert views.run.run_text(values.RUN, times=True).splitlines()[-1] == "1.8 ms"


def test_a_run_with_nothing_to_do_says_so() -> None:
    """An upgrade at head says where the database is."""
    assert views.run.run_text(values.IDLE_RUN) == "Nothing to upgrade: the database is at 0001."


def test_a_status_is_aligned() -> None:
    """Dialect and URL, revision, heads, pending and drift stand below each other."""
    assert views.status.status_text(values.STATUS) == (
        "sqlite    sqlite:///lab.db\n"
        "revision  0001\n"
        "heads     0003\n"
        "pending   2\n"
        "drift     3 operations"
    )


def test_losses_are_listed_under_their_step() -> None:
    """Each loss is a line with a minus."""
    assert views.losses.text(values.LOSSES, "downgrade to base") == (
        "Downgrade to base drops:\n- column users.plan with 12 values\n- table notes with 1 row"
    )


def test_names_cannot_act_on_a_terminal() -> None:
    """I3: escape sequences, line breaks and direction marks are spelt out."""
    drift = Drift((Operation("+", "add column a\x1b[2J\nb\u202ec", "add_column"),))
    assert views.drift.drift_text(drift).splitlines()[1] == r"+ add column a\x1b[2J\nb\u202ec"


def test_letters_of_every_script_stay_as_they_are() -> None:
    """I3: a name in any language is readable."""
    assert views.plain.visible("größe_表_имя") == "größe_表_имя"


def test_wide_letters_keep_columns_aligned() -> None:
    """A letter that takes two places on a terminal counts as two."""
    lines = views.plain.table(["名前", "n"], [["a", 1], ["表", 2]]).splitlines()
    assert lines == ["名前  n", "a     1", "表    2"]

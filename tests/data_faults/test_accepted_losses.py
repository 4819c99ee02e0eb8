"""A changed type loses values: what the author accepted is recorded, and counted again."""

from pathlib import Path
from textwrap import indent

import pytest

from schema_lab import Field, Lab, init_db
from schema_lab.errors import LossError, MigrationError
from schema_lab.migrate import Loss
from tests.support.processes import DOORS
from tests.support.revisions import Walk

CUT = "substr(text, 1, 5)"
BY_HAND = """
op.execute("UPDATE notes SET text = {cut}")
with op.batch_alter_table("notes") as batch:
    batch.alter_column("text", existing_type=sa.String(40), type_=sa.String(length=5),
                       existing_nullable=False)
"""


def define(lab: Lab, length: int) -> None:
    """Run the cell of a model whose text has this length."""

    class Note(lab.Model, table=True):  # type: ignore[name-defined, misc, call-arg]
        __tablename__ = "notes"
        id: int | None = Field(default=None, primary_key=True)
        text: str = Field(max_length=length)


@pytest.fixture
def walk(tmp_path: Path, database_url: str) -> Walk:
    """Give a project whose table has one value that a shorter type cannot hold."""
    walk = Walk.begin(tmp_path / "walk", database_url)
    lab = Lab(walk.url, config=walk.root)
    define(lab, 40)
    lab.autogenerate("Notes").write()
    lab.upgrade()
    walk.sql("INSERT INTO notes (id, text) VALUES (1, 'twenty characters ok'), (2, 'short')")
    return walk


def shortened(walk: Walk) -> Lab:
    """Write the revision that cuts, by the lab's own question."""
    lab = Lab(walk.url, config=walk.root)
    define(lab, 5)
    candidate = lab.autogenerate("Shorten")
    assert CUT in repr(candidate.questions)
    candidate.cast("notes.text", using=CUT)
    path = candidate.write().path
    assert path is not None
    assert 'accepted_losses = {"notes.text": 1}' in path.read_text()
    return Lab(walk.url, config=walk.root)


def by_hand(walk: Walk, body: str) -> None:
    """Write a revision by hand."""
    path = Lab(walk.url, config=walk.root).revision("By hand").path
    assert path is not None
    path.write_text(path.read_text().replace("    pass", indent(body, "    "), 1))


def newest(lab: Lab) -> tuple[str, ...]:
    """Give the head of the project."""
    return tuple(revision.id for revision in lab.heads())


def longer(walk: Walk) -> None:
    """Write one more value that is too long, as somebody does after the revision was written."""
    walk.sql("INSERT INTO notes (id, text) VALUES (3, 'one more that is long')")


def test_what_the_author_accepted_is_listed_and_runs(walk: Walk) -> None:
    """D4: the loss is listed with its count, and runs as its author accepted it."""
    lab = shortened(walk)
    (loss,) = lab.losses("upgrade", "head")
    assert (loss.name, loss.values, loss.recorded) == ("notes.text", 1, 1)
    assert lab.upgrade().after == newest(lab)
    assert lab.query("SELECT text FROM notes ORDER BY id")["text"].tolist() == ["twent", "short"]


def test_nobody_else_has_accepted_it(walk: Walk) -> None:
    """D4: a person who accepts nothing is asked, also where the author has accepted."""
    lab = shortened(walk)
    with pytest.raises(LossError, match=r"1 value of notes\.text that .* cannot hold") as asked:
        lab.upgrade(accept_loss=())
    assert asked.value.names == ("notes.text",)
    assert lab.upgrade(accept_loss=["notes.text"]).after == newest(lab)


@pytest.mark.parametrize("door", DOORS)
def test_more_than_was_accepted_is_refused(walk: Walk, door: str) -> None:
    """D4: where more values would be lost than the author accepted, no run goes on unasked."""
    lab = shortened(walk)
    longer(walk)
    before = walk.dump()
    if door == "lab":
        with pytest.raises(LossError, match=r"2 values of notes\.text .* more than the 1"):
            lab.upgrade()
    else:
        outcome = walk.start(DOORS[door]).end()
        assert outcome.code != 0
        assert "more than the 1 that its author accepted" in outcome.text
    assert walk.dump() == before


def test_a_script_by_hand_is_counted_too(walk: Walk) -> None:
    """D4: a handwritten change of a type is counted; without a record, a person is asked."""
    by_hand(walk, BY_HAND.format(cut=CUT))
    lab = Lab(walk.url, config=walk.root)
    with pytest.raises(LossError, match=r"notes\.text"):
        lab.upgrade()
    assert lab.upgrade(accept_loss=["notes"]).after == newest(lab)


def test_a_change_that_loses_nothing_is_not_asked(walk: Walk) -> None:
    """D4: values that fit are not counted."""
    walk.sql("DELETE FROM notes WHERE id = 1")
    by_hand(walk, BY_HAND.format(cut=CUT))
    lab = Lab(walk.url, config=walk.root)
    assert lab.losses("upgrade", "head") == ()
    assert lab.upgrade().after == newest(lab)


def test_a_rehearsal_runs_what_was_not_accepted(walk: Walk) -> None:
    """D4: a rehearsal runs on a copy, also where more would be lost than was accepted."""
    lab = shortened(walk)
    longer(walk)
    assert lab.rehearse().succeeded


@pytest.mark.parametrize(("text", "lost"), [("äöü☃x", 0), ("äöü☃xy", 1)])
def test_a_length_is_counted_in_characters(walk: Walk, text: str, lost: int) -> None:
    """D4: five characters fit a text of five, however many bytes they take."""
    walk.sql("DELETE FROM notes WHERE id = 2", f"UPDATE notes SET text = '{text}'")
    by_hand(walk, BY_HAND.format(cut=CUT))
    found = Lab(walk.url, config=walk.root).losses("upgrade", "head")
    assert sum(loss.values for loss in found) == lost


def test_only_what_was_accepted_before_is_called_more() -> None:
    """D4: the sentence speaks of the author where the author accepted fewer values."""
    said = {
        known: Loss("notes", "text", 2, type="TEXT", recorded=known).sentence for known in (0, 1, 2)
    }
    bare = "2 values of notes.text that TEXT cannot hold"
    assert said == {0: bare, 1: f"{bare}, more than the 1 that its author accepted", 2: bare}


def test_as_many_as_were_accepted_start_up(walk: Walk) -> None:
    """D4: `init_db` asks nobody where no more is lost than the script's author accepted."""
    lab = shortened(walk)
    init_db(walk.url, config=walk.root)
    assert tuple(revision.id for revision in lab.current()) == newest(lab)


def test_an_older_script_starts_up(walk: Walk) -> None:
    """D4: a script without a record runs at a start as before, and nobody has recorded a loss."""
    by_hand(walk, BY_HAND.format(cut=CUT))
    lab = Lab(walk.url, config=walk.root)
    assert [loss.recorded for loss in lab.losses("upgrade", "head")] == [0]
    init_db(walk.url, config=walk.root)
    assert tuple(revision.id for revision in lab.current()) == newest(lab)


def test_a_record_is_of_the_upgrade(walk: Walk) -> None:
    """D4: what an author accepted of an upgrade is not accepted of the downgrade."""
    path = Lab(walk.url, config=walk.root).revision("Shorten later").path
    assert path is not None
    upgrade, downgrade = path.read_text().split("def downgrade")
    body = downgrade.replace("    pass", indent(BY_HAND.format(cut=CUT), "    "))
    path.write_text(f'{upgrade}accepted_losses = {{"notes.text": 1}}\n\n\ndef downgrade{body}')
    lab = Lab(walk.url, config=walk.root)
    lab.upgrade()
    (loss,) = lab.losses("downgrade", "-1")
    assert (loss.name, loss.values, loss.recorded) == ("notes.text", 1, 0)


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_a_text_that_sqlite_keeps_is_no_loss(walk: Walk) -> None:
    """D4: SQLite keeps a text that is longer than its type, where no UPDATE cuts it."""
    by_hand(walk, BY_HAND.split("\n", 2)[2])
    lab = Lab(walk.url, config=walk.root)
    assert lab.losses("upgrade", "head") == ()
    lab.upgrade()
    assert walk.value("SELECT text FROM notes WHERE id = 1") == "twenty characters ok"


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_what_sqlite_turns_into_zero_is_counted(walk: Walk) -> None:
    """D4: text that becomes a number is lost on SQLite, which refuses none of it."""
    text = walk.value("SELECT COUNT(*) FROM notes")
    by_hand(walk, BY_HAND.replace("sa.String(length=5)", "sa.Integer()").split("\n", 2)[2])
    (loss,) = Lab(walk.url, config=walk.root).losses("upgrade", "head")
    assert loss.sentence == f"{text} values of notes.text that sa.Integer() cannot hold"


@pytest.mark.parametrize("dialect", ["sqlite"])
@pytest.mark.parametrize(
    ("known", "unknown"), [("sa.String(length=5)", "sa.Strings(5)"), ('("text", ex', '("txt", ex')]
)
def test_what_nobody_knows_is_left_to_the_script(walk: Walk, known: str, unknown: str) -> None:
    """D4: a type or a column that is not there is not counted; the run itself says so."""
    by_hand(walk, BY_HAND.format(cut=CUT).replace(known, unknown))
    lab = Lab(walk.url, config=walk.root)
    assert lab.losses("upgrade", "head") == ()
    with pytest.raises(MigrationError, match=r"Strings|txt"):
        lab.upgrade()


@pytest.mark.parametrize("dialect", ["postgresql", "mariadb"])
def test_what_a_server_rounds_is_counted(walk: Walk) -> None:
    """D4: digits that a server cuts off without an error are lost, though no UPDATE runs."""
    walk.sql("ALTER TABLE notes ADD COLUMN size NUMERIC(10, 3)")
    walk.sql("UPDATE notes SET size = id + 0.125 WHERE id = 1")
    types = "existing_type=sa.Numeric(10, 3), type_=sa.Numeric(10, 1)"
    by_hand(walk, f'op.alter_column("notes", "size", {types})')
    (loss,) = Lab(walk.url, config=walk.root).losses("upgrade", "head")
    assert (loss.name, loss.values) == ("notes.size", 1)

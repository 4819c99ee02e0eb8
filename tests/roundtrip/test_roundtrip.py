"""Round trips through a history: what does not come back, and which revision it is."""

import os
import re
import tempfile
from pathlib import Path

import pytest
import sqlalchemy as sa

from schema_lab import Lab
from schema_lab.errors import InputError, SchemaLabError
from schema_lab.rehearsal.copies.copy import PREFIX
from tests.support.dump import schema_dump
from tests.support.labs import execute, filled_in, users, want

CREATE = """op.create_table(
    "users",
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(50), nullable=False),
)"""
DROP = 'op.drop_table("users")'
ADD = 'op.add_column("users", sa.Column("sort", sa.Integer))'
sqlite = pytest.mark.parametrize("dialect", ["sqlite"])


@pytest.fixture
def history(lab: Lab) -> list[str]:
    """Write a clean history: users, then their city; the models want the same."""
    want(lab, users(sa.Column("city", sa.String(30))))
    return [
        filled_in(lab, "Create users", CREATE, DROP),
        filled_in(
            lab,
            "Add a city",
            'op.add_column("users", sa.Column("city", sa.String(30)))',
            'op.drop_column("users", "city")',
        ),
    ]


def test_a_clean_history_and_a_forgetful_one(lab: Lab, history: list[str]) -> None:
    """What the way down drops is counted by revision; what it forgets is a trace of its own."""
    execute(lab, "CREATE TABLE mine (id INTEGER)", "INSERT INTO mine VALUES (1)")
    before = schema_dump(lab.engine.url)
    forgetful = filled_in(lab, "Index", 'op.create_index("ix_name", "users", ["name"])', "pass")
    found = lab.roundtrip(rows=8)
    lost = [(one.kind, one.table, one.column) for trip in found.trips for one in trip.lost]
    assert lost == [("rows", "users", None), ("nulled", "users", "city")]
    assert [trip.lost[0].count for trip in found.trips[:1]] == [8]
    assert 0 < found.trips[1].lost[0].count <= 8
    assert [trip.revision for trip in found.trips if not trip.leaves_no_trace] == [forgetful]
    assert found.trips[2].traces == ("index `ix_name` on `users` still exists",)
    assert found.trips[2].failed_at == "second upgrade"
    assert [trip.revision for trip in found.trips] == [*history, forgetful]
    assert schema_dump(lab.engine.url) == before


@sqlite
def test_the_clean_history_is_ok(lab: Lab, history: list[str]) -> None:
    """No trace, and at the head the models show no drift."""
    found = lab.roundtrip(rows=3)
    assert found.ok
    assert not found.keeps_rows
    assert found.drift is not None
    assert "✓ At the head, the database matches the models." in repr(found)
    assert not list(Path(tempfile.gettempdir()).glob(f"{PREFIX}*_{os.getpid()}_*"))


WHERE = "sa.text(\"city = 'Rome'\")"
PARTIAL = (
    f'op.create_index("ix_city", "users", ["city"], sqlite_where={WHERE}, postgresql_where={WHERE})'
)


def test_a_partial_index_is_the_same_again(lab: Lab, history: list[str]) -> None:
    """An index with a condition leaves no trace: its SQL is compared by its text."""
    filled_in(lab, "Index", PARTIAL, 'op.drop_index("ix_city", "users")')
    filled_in(lab, "Sort", ADD, 'op.drop_column("users", "sort")')
    found = lab.roundtrip(rows=2)
    assert [trip.traces for trip in found.trips] == [(), (), (), ()]
    lab.upgrade("+3")
    back = lab.rehearse().round_trip
    assert back is not None
    assert back.traces == ()


@sqlite
def test_a_partial_index_that_changes_is_told_in_words(lab: Lab, history: list[str]) -> None:
    """A condition that a downgrade forgets is named by its text."""
    filled_in(lab, "Index", PARTIAL, 'op.drop_index("ix_city", "users")')
    again = 'op.drop_index("ix_city", "users")\nop.create_index("ix_city", "users", ["city"])'
    filled_in(lab, "Whole", again, "pass")
    (trace,) = lab.roundtrip(rows=0).trips[3].traces
    assert "sqlite_where = city = 'Rome'" in trace
    assert "object at" not in trace


@sqlite
def test_models_that_want_more_are_drift(lab: Lab, history: list[str]) -> None:
    """A column that no revision makes is named."""
    want(lab, users(sa.Column("city", sa.String(30)), sa.Column("plan", sa.String(9))))
    found = lab.roundtrip(rows=0)
    assert found.leaves_no_trace
    assert not found.ok
    assert "    + add column users.plan" in repr(found)
    symbols = re.findall(r'<li class="(.*?)"><span class="sl-symbol">(.)<', found._repr_html_())
    assert symbols == [("sl-good", "✓"), ("sl-good", "✓"), ("sl-good", "+")]
    assert list(found.frame["finding"]) == ["drift"]
    assert repr(found).splitlines()[0].endswith("but the models differ from the result.")


@sqlite
def test_an_upgrade_that_fails_on_rows_ends_the_trip(lab: Lab, history: list[str]) -> None:
    """A NOT NULL column without a default works on empty tables only; the rest is not tried."""
    column = 'op.add_column("users", sa.Column("age", sa.Integer, nullable=False))'
    bad = filled_in(lab, "Add an age", column, 'op.drop_column("users", "age")')
    later = filled_in(lab, "Later", "pass")
    trips = lab.roundtrip(rows=2).trips
    assert (trips[2].revision, trips[2].failed_at) == (bad, "upgrade")
    assert trips[2].failure is not None
    assert "NOT NULL" in trips[2].failure.sentence
    assert trips[2].doubt == ""
    assert (trips[3].revision, trips[3].untried) == (
        later,
        f"not tried, because revision {bad} failed first",
    )
    assert lab.roundtrip(rows=0).leaves_no_trace


@sqlite
def test_sample_rows_that_a_script_cannot_read_may_be_the_cause(
    lab: Lab, history: list[str]
) -> None:
    """Code that fails on the values of sample rows is said to; without rows, it passes."""
    read = "for row in op.get_bind().execute(sa.text('SELECT name FROM users')):\n    int(row[0])"
    filled_in(lab, "Read names", read)
    found = lab.roundtrip(rows=2)
    assert found.trips[2].failed_at == "upgrade"
    assert "ValueError: invalid literal" in repr(found)
    assert "The sample rows may be the cause: try it with rows=0." in repr(found)
    assert lab.roundtrip(rows=0).leaves_no_trace


@sqlite
def test_after_a_way_back_that_does_not_exist_it_goes_on(lab: Lab, history: list[str]) -> None:
    """A downgrade that raises is a finding; the revisions above it are tried all the same."""
    body = 'raise NotImplementedError("no way back")'
    filled_in(lab, "One way", 'op.execute("DELETE FROM users WHERE id = 1")', body)
    filled_in(lab, "Later", "pass")
    found = lab.roundtrip(rows=4)
    assert [trip.failed_at for trip in found.trips] == ["", "", "downgrade", ""]
    assert [one.sentence for one in found.trips[2].destroyed] == ["1 row of `users` is deleted"]
    shown = found._repr_html_()
    assert "the downgrade fails" in shown
    assert shown.count('<ul class="sl-operations"') == shown.count("<ul") > 1


@sqlite
@pytest.mark.parametrize("broken", ["0002", "0003", "0004"])
def test_each_branch_is_tried(lab: Lab, broken: str) -> None:
    """A downgrade that fails is found on either branch, and at their merge."""
    below = {"0001": None, "0002": "0001", "0003": "0001", "0004": ("0002", "0003")}
    for name, down in below.items():
        back = "raise NotImplementedError" if name == broken else "pass"
        (lab.root / "alembic" / "versions" / f"{name}.py").write_text(
            f"revision = {name!r}\ndown_revision = {down!r}\n\n\n"
            f"def upgrade():\n    pass\n\n\ndef downgrade():\n    {back}\n"
        )
    trips = lab.roundtrip(rows=0).trips
    assert {trip.revision: trip.failed_at for trip in trips if trip.failed_at} == {
        broken: "downgrade"
    }
    assert not any(trip.untried for trip in trips)


@sqlite
def test_a_range_is_only_part_of_the_history(lab: Lab, history: list[str]) -> None:
    """What is before the range is only gone through upwards."""
    assert [one.revision for one in lab.roundtrip(f"{history[1]}:head", rows=1).trips] == history[
        1:
    ]
    assert [one.revision for one in lab.roundtrip(history[0], rows=1).trips] == history[:1]
    with pytest.raises(InputError, match="is not below"):
        lab.roundtrip(f"{history[1]}:{history[0]}")
    for target in ("", "nowhere"):
        with pytest.raises(SchemaLabError):
            lab.roundtrip(target)

"""A column changes its type: the lab says which values do not survive, and asks (D4)."""

import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa

from schema_lab import Lab
from schema_lab.candidate import Candidate
from schema_lab.errors import HistoryError, InputError
from tests.support.labs import be, execute, scalars, users, want

SIZE = "users.size"
Type = sa.types.TypeEngine[Any]


def candidate_for(lab: Lab, before: Type, after: Type, *values: object, **more: Any) -> Candidate:
    """Have users with a size, one for each value, want another type, and autogenerate."""
    metadata = users(sa.Column("size", before, **more))
    be(lab, metadata)
    rows = [{"id": at, "name": "Ann", "size": one} for at, one in enumerate(values, start=1)]
    with lab.engine.begin() as connection:
        connection.execute(metadata.tables["users"].insert(), rows)
    want(lab, users(sa.Column("size", after, **more)))
    return lab.autogenerate("Change the size")


def read(lab: Lab, type_: Type) -> list[object]:
    """Read the sizes in the order of the users, as the models would."""
    table = sa.table("users", sa.column("id"), sa.column("size", type_))
    with lab.engine.connect() as connection:
        return list(connection.scalars(sa.select(table.c.size).order_by(table.c.id)))


def upgraded(lab: Lab, candidate: Candidate, type_: Type) -> list[object]:
    """Write it, upgrade, see that nothing differs, and give the values."""
    candidate.write()
    lab.upgrade()
    assert list(lab.drift()) == []
    return read(lab, type_)


LOST: dict[str, tuple[Type, Type, tuple[object, ...], int]] = {
    "number": (sa.String(20), sa.Integer(), ("42", " 7", None, "12x", ""), 2),
    "decimal": (sa.String(20), sa.Numeric(6, 2), ("4.25", "-.5", "1e2", "4,2"), 1),
    "day": (sa.String(20), sa.Date(), ("2024-02-29", "2026-02-29", "soon"), 2),
    "moment": (sa.String(20), sa.DateTime(), ("2026-01-31 10:00", "25:00"), 1),
    "truth": (sa.String(20), sa.Boolean(), ("1", "0", "maybe"), 1),
    "fraction": (sa.Float(), sa.Integer(), (1.0, 2.5), 1),
    "bit": (sa.Integer(), sa.Boolean(), (0, 1, 7), 1),
    "length": (sa.String(20), sa.String(4), ("abcd", "abcde"), 1),
}


def test_values_that_do_not_survive_are_counted(lab: Lab) -> None:
    """D4: a question for each column has the count and the keys, and has to be answered."""
    metadata = users(*(sa.Column(name, LOST[name][0]) for name in LOST))
    be(lab, metadata)
    with lab.engine.begin() as connection:
        for name, (_, _, values, _) in LOST.items():
            rows = [{"name": "Ann", name: one} for one in values]
            connection.execute(metadata.tables["users"].insert(), rows)
    want(lab, users(*(sa.Column(name, LOST[name][1]) for name in LOST)))
    questions = {one.about: one for one in lab.autogenerate("Change all").questions}
    for name, (_, _, values, lost) in LOST.items():
        question = questions[f"users.{name}"]
        present = sum(one is not None for one in values)
        assert question.evidence[0].startswith(f"{lost} of {present} values ")
        assert "(id " in question.evidence[0]
        assert question.must


KEPT: dict[str, tuple[Type, Type, object, object]] = {
    "number": (sa.String(20), sa.Integer(), "42", 42),
    "day": (sa.String(20), sa.Date(), "2026-01-31", dt.date(2026, 1, 31)),
    "text": (sa.Date(), sa.String(20), dt.date(2026, 1, 31), "2026-01-31"),
    "moment": (
        *(sa.Date(), sa.DateTime()),
        *(dt.date(2026, 1, 31), dt.datetime(2026, 1, 31)),  # noqa: DTZ001 - naive
    ),
    "bit": (sa.Boolean(), sa.Integer(), True, 1),
    "json": (sa.Text(), sa.JSON(), '{"a": 1}', {"a": 1}),
}


def test_values_that_fit_go_there_and_back(lab: Lab) -> None:
    """Nothing has to be answered; the downgrade gives the former values."""
    old = users(*(sa.Column(name, KEPT[name][0]) for name in KEPT))
    new = users(*(sa.Column(name, KEPT[name][1]) for name in KEPT))
    be(lab, old)
    values = {name: KEPT[name][2] for name in KEPT}
    with lab.engine.begin() as connection:
        connection.execute(old.tables["users"].insert(), {"name": "Ann", **values})
    want(lab, new)
    lab.autogenerate("Change all").write()
    lab.upgrade()
    assert list(lab.drift()) == []
    assert row(lab, new) == {name: KEPT[name][3] for name in KEPT}
    lab.downgrade()
    assert row(lab, old) == values


def row(lab: Lab, metadata: sa.MetaData) -> dict[str, object]:
    """Read the one user, without the key and the name."""
    with lab.engine.connect() as connection:
        found = dict(connection.execute(metadata.tables["users"].select()).mappings().one())
    return {name: found[name] for name in KEPT}


def test_what_does_not_fit_is_not_written_unanswered(lab: Lab) -> None:
    """D4: SQLite would turn it into 0 in silence; the error shows the value and the calls."""
    candidate = candidate_for(lab, sa.String(20), sa.Integer(), "42", "abc")
    with pytest.raises(HistoryError, match=r"'abc' \(id 2\)") as refused:
        candidate.write()
    assert "candidate.cast('users.size', null=True)" in refused.value.cure


def test_what_does_not_fit_becomes_null(lab: Lab) -> None:
    """An UPDATE before the change of the type; the script says so."""
    candidate = candidate_for(lab, sa.String(20), sa.Integer(), "42", "abc")
    candidate.cast(SIZE, null=True)
    assert "# Values of users.size that do not fit INTEGER are set to NULL." in (
        candidate.upgrade_code
    )
    assert upgraded(lab, candidate, sa.Integer()) == [42, None]


def test_what_only_rounds_does_not_become_null(lab: Lab) -> None:
    """D4: set to NULL is what the type refuses; a value that it can hold rounded is rounded."""
    candidate = candidate_for(lab, sa.String(20), sa.Numeric(6, 2), "4.256", "much")
    candidate.cast(SIZE, null=True)
    kept, lost = upgraded(lab, candidate, sa.Float())
    assert kept == pytest.approx(4.256, abs=0.006)
    assert lost is None


def test_values_are_made_by_sql(lab: Lab, dialect: str) -> None:
    """PostgreSQL takes the SQL as USING; elsewhere an UPDATE runs before."""
    candidate = candidate_for(lab, sa.String(20), sa.Integer(), "42", "")
    cast = "::integer" if dialect == "postgresql" else ""
    candidate.cast(SIZE, using=f"nullif(size, ''){cast}")
    assert upgraded(lab, candidate, sa.Integer()) == [42, None]


def test_too_long_text_is_cut(lab: Lab) -> None:
    """D4: the answer takes the obstacle away."""
    candidate = candidate_for(lab, sa.String(20), sa.String(4), "abcdef")
    (obstacle,) = candidate.obstacles
    candidate.cast(SIZE, using="substr(size, 1, 4)")
    assert obstacle not in candidate.obstacles
    assert upgraded(lab, candidate, sa.String(4)) == ["abcd"]


def test_a_default_is_cast_too(lab: Lab) -> None:
    """PostgreSQL does not cast a default by itself; it goes before the type and comes after."""
    default = {"server_default": "7"}
    candidate = candidate_for(lab, sa.String(20), sa.Integer(), "42", **default)
    upgraded(lab, candidate, sa.Integer())
    execute(lab, "INSERT INTO users (id, name) VALUES (2, 'Bob')")
    assert scalars(lab, "SELECT size FROM users ORDER BY id") == [42, 7]
    lab.downgrade()
    execute(lab, "INSERT INTO users (id, name) VALUES (3, 'Cem')")
    assert scalars(lab, "SELECT size FROM users ORDER BY id") == ["42", "7", "7"]


@pytest.mark.parametrize("dialect", ["postgresql"])
def test_moments_are_taken_for_utc(lab: Lab) -> None:
    """SQLModel's UTCDateTime over an older column: asked, and UTC unless somebody says more."""
    execute(lab, "SET TIME ZONE 'Asia/Tokyo'")
    noon = dt.datetime(2026, 1, 31, 12)  # noqa: DTZ001 - as the older column has it
    zoned = sa.DateTime(timezone=True)
    candidate = candidate_for(lab, sa.DateTime(), zoned, noon)
    assert candidate.questions.all[0].sentence.endswith("Are its values in UTC?")
    assert upgraded(lab, candidate, zoned) == [noon.replace(tzinfo=dt.UTC)]
    lab.downgrade()
    assert read(lab, sa.DateTime()) == [noon]


def test_a_renamed_column_is_asked_under_its_new_name(lab: Lab) -> None:
    """The rows are counted under the name that they have now."""
    be(lab, users(sa.Column("size", sa.String(20), nullable=True)))
    execute(lab, "INSERT INTO users (id, name, size) VALUES (1, 'Ann', 'abcdef')")
    want(lab, users(sa.Column("width", sa.String(4))))
    candidate = lab.autogenerate("Rename").rename(SIZE, "width")
    assert "'abcdef' (id 1)" in candidate.questions.about("cast", "users.width").evidence[0]
    candidate.cast("users.width", null=True).write()
    lab.upgrade()
    assert scalars(lab, "SELECT width FROM users") == [None]


@pytest.mark.parametrize("dialect", ["postgresql"])
def test_postgresql_is_asked_where_no_condition_says_it(lab: Lab) -> None:
    """JSON: all values are cast for a try, and nothing stands afterwards."""
    candidate = candidate_for(lab, sa.Text(), sa.JSON(), "{}", "{")
    (question,) = candidate.questions
    assert question.evidence[0].startswith("PostgreSQL cannot cast them: invalid input syntax")
    with pytest.raises(InputError):
        candidate.cast(SIZE, null=True)


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_hostile_values_are_shown_escaped(lab: Lab) -> None:
    """I3: markup in a value is text, and a long value is cut."""
    candidate = candidate_for(lab, sa.Text(), sa.Integer(), "<script>" + "x" * 99)
    assert "&lt;script&gt;" in candidate.questions._repr_html_()
    assert "…" in candidate.questions.all[0].evidence[0]

"""Names that the database would cut short are refused before a script is written (I4)."""

from typing import Any

import pytest
import sqlalchemy as sa

from schema_lab import Lab
from schema_lab.errors import InputError, SchemaLabError
from tests.support.dump import schema_dump
from tests.support.labs import users, want
from tests.support.terminal import Terminal, failed

LIMITS = {"postgresql": ("é" * 31 + "x", "bytes", 63), "mariadb": ("é" * 64, "characters", 64)}
ON_SERVERS = pytest.mark.parametrize("dialect", ["postgresql", "mariadb"])


def with_table(name: str) -> sa.MetaData:
    """Give a table of this name."""
    metadata = users()
    sa.Table(name, metadata, sa.Column("id", sa.Integer, primary_key=True))
    return metadata


def parts(kind: str, name: str) -> sa.MetaData:
    """Give models in which one thing has this name."""
    made: dict[str, list[Any]] = {
        "column": [sa.Column(name, sa.Integer)],
        "index": [sa.Index(name, "name")],
        "constraint": [sa.UniqueConstraint("name", name=name)],
    }
    return with_table(name) if kind == "table" else users(*made[kind])


@ON_SERVERS
@pytest.mark.parametrize("kind", ["table", "column", "index", "constraint"])
def test_a_name_that_is_too_long_is_refused(lab: Lab, dialect: str, kind: str) -> None:
    """I4: the error names it and its length; nothing is on disk, nothing in the database."""
    longest, unit, limit = LIMITS[dialect]
    name = f"{longest}x"
    want(lab, parts(kind, name))
    before = schema_dump(lab.engine.url), sorted(lab.root.rglob("*.py"))
    with pytest.raises(InputError) as refused:
        lab.autogenerate("Add it")
    assert name in refused.value.fact
    assert f"has {limit + 1} {unit}" in refused.value.fact
    assert f"at most {limit} {unit}" in refused.value.cure
    assert (schema_dump(lab.engine.url), sorted(lab.root.rglob("*.py"))) == before


@ON_SERVERS
@pytest.mark.parametrize("kind", ["table", "column", "index", "constraint"])
def test_a_name_of_just_that_length_is_kept(lab: Lab, dialect: str, kind: str) -> None:
    """I4: at the limit there is no refusal and, after the upgrade, no drift."""
    want(lab, parts(kind, LIMITS[dialect][0]))
    lab.autogenerate("Add it").write()
    lab.upgrade()
    assert list(lab.drift()) == []


def test_a_name_by_convention_is_shortened(lab: Lab) -> None:
    """I4: SQLAlchemy shortens the names of a naming convention; they are found again."""
    metadata = sa.MetaData(naming_convention={"uq": "uq_%(table_name)s_%(column_0_N_name)s"})
    sa.Table(
        "subscriptions_of_organisations",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("first_day_of_the_trial_period", sa.String(20), index=True),
        sa.Column("last_day_of_the_trial_period", sa.String(20)),
        sa.UniqueConstraint("first_day_of_the_trial_period", "last_day_of_the_trial_period"),
    )
    want(lab, metadata)
    lab.autogenerate("Add subscriptions").write()
    lab.upgrade()
    assert list(lab.drift()) == []


@pytest.mark.parametrize("dialect", ["postgresql"])
def test_all_names_are_listed_at_once(lab: Lab) -> None:
    """I4: one error names every one of them."""
    want(lab, users(sa.Column("a" * 64, sa.Integer), sa.Column("b" * 70, sa.Integer)))
    with pytest.raises(InputError) as refused:
        lab.autogenerate("Add them")
    assert f"column users.{'a' * 64} has 64 bytes" in refused.value.fact
    assert f"column users.{'b' * 70} has 70 bytes" in refused.value.fact


@pytest.mark.parametrize("dialect", ["postgresql"])
def test_an_index_name_that_sqlalchemy_refuses_is_named(lab: Lab) -> None:
    """I4: a plain name of 64 letters stops SQLAlchemy before anything is compared."""
    want(lab, users(sa.Index("b" * 64, "name")))
    with pytest.raises(SchemaLabError, match=f"{'b' * 64}.*63 characters.*Fix the models"):
        lab.autogenerate("Add it")


@pytest.mark.parametrize("dialect", ["postgresql"])
def test_the_drift_still_shows(lab: Lab) -> None:
    """I4: looking is not refused."""
    want(lab, users(sa.Column("a" * 64, sa.Integer)))
    assert [one.kind for one in lab.drift()] == ["create_table"]


@ON_SERVERS
def test_the_command_line_refuses_too(terminal: Terminal, dialect: str) -> None:
    """I4: `alembic revision --autogenerate` fails with the same sentence and writes no script."""
    name = LIMITS[dialect][0] + "x"
    env = terminal.root / "alembic" / "env.py"
    addition = (
        "import sqlalchemy as sa\n"
        "target_metadata = sa.MetaData()\n"
        f"sa.Table('{name}', target_metadata, sa.Column('id', sa.Integer, primary_key=True))"
    )
    env.write_text(env.read_text().replace("target_metadata = Model.metadata", addition))
    before = terminal.scripts()
    terminal.lab().upgrade()
    result = terminal.alembic("revision", "--autogenerate", "-m", "Add it")
    assert failed(result)
    assert f"table {name} has" in result.stderr
    assert terminal.scripts() == before


REFUSED = {
    "backtick": ("mariadb", "back`tick", "backtick"),
    "space at the end": ("mariadb", "trailing ", "ends with a space"),
    "emoji": ("mariadb", "🚀", "above U+FFFF"),
}


@pytest.mark.parametrize("kind", ["column", "index"])
@pytest.mark.parametrize(("dialect", "name", "why"), REFUSED.values(), ids=list(REFUSED))
def test_a_name_that_mariadb_cannot_keep_is_refused(
    lab: Lab, kind: str, name: str, why: str
) -> None:
    """I3: what MariaDB refuses, or SQLAlchemy does not read back from it, is refused first."""
    want(lab, parts(kind, name))
    with pytest.raises(InputError, match=why.replace("+", r"\+")):
        lab.autogenerate("Add it")


@pytest.mark.parametrize("dialect", ["postgresql"])
def test_an_apostrophe_where_a_sequence_is_made_is_refused(lab: Lab) -> None:
    """I3: Alembic cannot find the sequence of such a table again, so it is not made."""
    want(lab, with_table("it's"))
    with pytest.raises(InputError, match="apostrophe") as refused:
        lab.autogenerate("Add it")
    assert "it's" in refused.value.fact


def test_a_name_with_a_nul_is_refused(lab: Lab) -> None:
    """I3: no database keeps a NUL character in a name."""
    want(lab, users(sa.Column("nul\0", sa.Integer)))
    with pytest.raises(InputError, match="NUL"):
        lab.autogenerate("Add it")

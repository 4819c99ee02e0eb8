"""PostgreSQL's schemas: those that the models name are compared, created and dropped."""

import pytest
import sqlalchemy as sa

from schema_lab import Lab
from tests.support.labs import execute, want

pytestmark = pytest.mark.parametrize("dialect", ["postgresql"])


def shop(schema: str | None, *, kind: str | None = None) -> sa.MetaData:
    """Give two tables in a schema, one of which refers to the other."""
    metadata = sa.MetaData()
    for name in ("team", "player"):
        id_: sa.Column[int] = sa.Column("id", sa.Integer, primary_key=True)
        sa.Table(name, metadata, id_, schema=schema)
    player = metadata.tables[f"{schema}.player"]
    key = sa.ForeignKey(f"{schema}.team.id", name="fk_team", ondelete="CASCADE")
    player.append_column(sa.Column("team_id", key))
    if kind is not None:
        player.append_column(sa.Column("kind", sa.Enum("a", name="kind", schema=kind)))
    return metadata


def schemas(lab: Lab) -> set[str]:
    """Name the schemas that are not PostgreSQL's own."""
    return set(sa.inspect(lab.engine).get_schema_names()) - {"information_schema"}


def test_the_default_schema_may_be_named(lab: Lab) -> None:
    """A model with `schema="public"` makes no false difference, and is remembered."""
    want(lab, shop("public"))
    lab.autogenerate("Create teams").write()
    lab.upgrade()
    assert list(lab.drift(full=True)) == []
    assert lab.drift().looked_at.places == frozenset()


def test_a_changed_key_in_the_default_schema_is_seen(lab: Lab) -> None:
    """An action that differs is drift, whoever names the schema."""
    want(lab, shop("public"))
    lab.autogenerate("Create teams").write()
    lab.upgrade()
    execute(
        lab,
        "ALTER TABLE player DROP CONSTRAINT fk_team, "
        "ADD CONSTRAINT fk_team FOREIGN KEY (team_id) REFERENCES team (id)",
    )
    assert len(lab.drift(full=True)) == 2


def test_a_missing_schema_is_created_and_dropped(lab: Lab) -> None:
    """The script creates it before its first table or type, and drops it after the last."""
    want(lab, shop("shop", kind="kinds"))
    candidate = lab.autogenerate("Create teams")
    assert candidate.sql("postgresql").startswith("CREATE SCHEMA")
    candidate.write()
    before = schemas(lab)
    for _ in range(2):
        lab.upgrade()
        assert schemas(lab) == before | {"shop", "kinds"}
        assert list(lab.drift(full=True)) == []
        lab.downgrade()
        assert schemas(lab) == before


def test_tables_of_others_in_the_schema_are_left_alone(lab: Lab) -> None:
    """A table beside those of the models is named, and one in another schema is not looked at."""
    execute(lab, "CREATE SCHEMA shop", "CREATE SCHEMA crm")
    execute(lab, "CREATE TABLE shop.theirs (id INTEGER)", "CREATE TABLE crm.theirs (id INTEGER)")
    want(lab, shop("shop"))
    candidate = lab.autogenerate("Create teams")
    assert "CREATE SCHEMA" not in candidate.sql("postgresql")
    candidate.write()
    lab.upgrade()
    drift = lab.drift()
    assert (list(drift), drift.others) == ([], ("shop.theirs",))

"""Recipes rewrite a candidate, and what they write runs up and down."""

import pytest
import sqlalchemy as sa

from schema_lab import Lab
from schema_lab.errors import InputError, MigrationError
from tests.support.dump import schema_dump
from tests.support.labs import be, execute, scalars, users, want


def text(name: str, **more: object) -> sa.Column:
    """Give a text column."""
    return sa.Column(name, sa.String(50), **more)  # type: ignore[arg-type]


def with_orders(*parts: sa.schema.SchemaItem) -> sa.MetaData:
    """Give users, and orders with what a test adds."""
    metadata = users(text("plan"))
    number = sa.Column("id", sa.Integer, primary_key=True)
    sa.Table("orders", metadata, number, sa.Column("user_id", sa.Integer), *parts)
    return metadata


def key() -> sa.ForeignKeyConstraint:
    """Give the foreign key from orders to users."""
    return sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_orders")


@pytest.fixture(params=["postgresql"])
def dialect(request: pytest.FixtureRequest) -> str:
    """Recipes for locks are PostgreSQL's."""
    return str(request.param)


def up_and_down(lab: Lab) -> None:
    """Upgrade without drift, downgrade without a trace, upgrade again."""
    before = schema_dump(lab.engine.url)
    lab.upgrade()
    assert list(lab.drift()) == []
    lab.downgrade("-1")
    assert schema_dump(lab.engine.url) == before
    lab.upgrade()


def begin(lab: Lab, metadata: sa.MetaData) -> None:
    """Be these tables, with the version table that Alembic makes."""
    be(lab, metadata)
    lab.revision("Begin")
    lab.upgrade()


def test_an_index_is_built_concurrently(lab: Lab) -> None:
    """The index is built outside of the transaction, after all else, and dropped so."""
    begin(lab, users(text("plan")))
    want(lab, users(text("plan"), text("city"), sa.Index("ix_plan", "plan")))
    candidate = lab.autogenerate("Add an index").concurrently("ix_plan")
    assert candidate.upgrade_code.count("autocommit_block()") == 1
    assert candidate.upgrade_code.count("postgresql_concurrently=True") == 2
    assert "CREATE INDEX CONCURRENTLY ix_plan" in candidate.sql("postgresql")
    candidate.write()
    up_and_down(lab)


def test_a_failed_build_can_run_again(lab: Lab) -> None:
    """What a failed attempt leaves, an INVALID index, is dropped by the next one."""
    begin(lab, users(text("plan")))
    execute(lab, "INSERT INTO users VALUES (1, 'Ann', 'a'), (2, 'Bea', 'a')")
    want(lab, users(text("plan"), sa.Index("ix_plan", "plan", unique=True)))
    candidate = lab.autogenerate("Add an index").concurrently("ix_plan")
    candidate.write(despite_data=True)
    with pytest.raises(MigrationError):
        lab.upgrade()
    invalid = "SELECT count(*) FROM pg_index WHERE NOT indisvalid"
    assert scalars(lab, invalid) == [1]
    execute(lab, "UPDATE users SET plan = 'b' WHERE id = 2")
    lab.upgrade()
    assert scalars(lab, invalid) == [0]
    assert list(lab.drift()) == []


def test_a_foreign_key_is_validated_after_it_is_made(lab: Lab) -> None:
    """NOT VALID in the transaction, VALIDATE outside of it; in the end nothing differs."""
    begin(lab, with_orders())
    want(lab, with_orders(key()))
    candidate = lab.autogenerate("Add a key").not_valid("fk_orders")
    sql = candidate.sql("postgresql")
    assert sql.index("NOT VALID") < sql.index("COMMIT") < sql.index("VALIDATE CONSTRAINT")
    candidate.write()
    up_and_down(lab)
    assert scalars(lab, "SELECT convalidated FROM pg_constraint WHERE conname = 'fk_orders'") == [
        True
    ]


def test_a_failed_validation_can_run_again(lab: Lab) -> None:
    """Orphans stop the validation; when they are mended the same revision runs."""
    begin(lab, with_orders())
    execute(lab, "INSERT INTO orders VALUES (1, 7)")
    want(lab, with_orders(key()))
    lab.autogenerate("Add a key").not_valid("fk_orders").write(despite_data=True)
    with pytest.raises(MigrationError):
        lab.upgrade()
    execute(lab, "DELETE FROM orders")
    lab.upgrade()
    assert list(lab.drift()) == []


def expanded(lab: Lab) -> None:
    """Rename users.plan to tier in a running system; one row is there."""
    begin(lab, users(text("plan", nullable=False)))
    execute(lab, "INSERT INTO users VALUES (1, 'Ann', 'free')")
    want(lab, users(text("tier", nullable=False)))
    candidate = lab.autogenerate("Expand").expand("users.plan", "tier")
    assert not candidate.questions.open
    candidate.write()


def test_an_expanded_rename_keeps_both_columns_in_step(lab: Lab) -> None:
    """What the old version writes the new one reads, and the other way round."""
    expanded(lab)
    lab.upgrade()
    execute(
        lab,
        "INSERT INTO users (id, name, plan) VALUES (2, 'Old', 'pro')",
        "INSERT INTO users (id, name, tier) VALUES (3, 'New', 'team')",
        "UPDATE users SET plan = 'pro' WHERE id = 1",
        "UPDATE users SET tier = 'free' WHERE id = 2",
    )
    for column in ("plan", "tier"):
        query = f"SELECT {column} FROM users ORDER BY id"
        assert scalars(lab, query) == ["pro", "free", "team"]


def test_a_column_that_is_kept_in_step_needs_no_value_from_old_writers(lab: Lab) -> None:
    """SL304 speaks of a plain NOT NULL, and not where the trigger writes the column."""
    be(lab, users(text("plan", nullable=False)))
    want(lab, users(text("tier", nullable=False)))
    candidate = lab.autogenerate("Expand")
    candidate.expand("users.plan", "tier")
    assert "op.alter_column('users', 'tier'" in candidate.upgrade_code
    assert "SL304" not in [one.code for one in candidate.review()]


def test_an_expanded_rename_goes_back(lab: Lab) -> None:
    """The downgrade leaves no trigger and no function, and the old column has all values."""
    expanded(lab)
    before = schema_dump(lab.engine.url)
    lab.upgrade()
    execute(lab, "INSERT INTO users (id, name, tier) VALUES (3, 'New', 'team')")
    lab.downgrade("-1", accept_loss=True)
    assert schema_dump(lab.engine.url).schema == before.schema
    assert scalars(lab, "SELECT plan FROM users ORDER BY id") == ["free", "team"]


def lines(schema: str) -> list[str]:
    """Give the lines in one order: a column that comes back stands last."""
    return sorted(schema.replace(",\n", "\n").splitlines())


def test_an_expanded_rename_is_contracted(lab: Lab) -> None:
    """The old column takes its trigger along; the downgrade brings both back, with the values."""
    expanded(lab)
    lab.upgrade()
    before = schema_dump(lab.engine.url)
    candidate = lab.autogenerate("Contract")
    assert "DROP TRIGGER" in candidate.upgrade_code
    candidate.write()
    lab.upgrade(accept_loss=True)
    assert list(lab.drift()) == []
    execute(lab, "INSERT INTO users (id, name, tier) VALUES (2, 'New', 'pro')")
    lab.downgrade("-1", accept_loss=True)
    assert scalars(lab, "SELECT plan FROM users ORDER BY id") == ["free", "pro"]
    assert lines(schema_dump(lab.engine.url).schema) == lines(before.schema)


@pytest.mark.parametrize(
    ("recipe", "words"),
    [("concurrently", ("ix",)), ("not_valid", ("fk",)), ("expand", ("users.name", "title"))],
)
def test_a_recipe_for_nothing_is_refused(lab: Lab, recipe: str, words: tuple[str, ...]) -> None:
    """A name that the candidate does not have is an error, and nothing is kept."""
    be(lab, users())
    want(lab, users(text("plan")))
    candidate = lab.autogenerate("Add a column")
    with pytest.raises(InputError, match="This candidate"):
        getattr(candidate, recipe)(*words)
    assert "plan" in candidate.upgrade_code


def test_a_recipe_is_kept_for_the_same_change(lab: Lab) -> None:
    """Autogenerate of the same change follows it again."""
    be(lab, users(text("plan")))
    want(lab, users(text("plan"), sa.Index("ix_plan", "plan")))
    first = lab.autogenerate("Add an index").concurrently("ix_plan")
    assert lab.autogenerate("Add an index").upgrade_code == first.upgrade_code


class TestElsewhere:
    """On the other databases."""

    @pytest.fixture(params=["sqlite", "mariadb"])
    def dialect(self, request: pytest.FixtureRequest) -> str:
        """Give a dialect that has no such statements."""
        return str(request.param)

    def test_a_recipe_for_postgresql_is_refused(self, lab: Lab) -> None:
        """The error names the database, and what to do there."""
        be(lab, users(text("plan")))
        want(lab, users(text("plan"), sa.Index("ix_plan", "plan")))
        with pytest.raises(InputError, match="works only on PostgreSQL"):
            lab.autogenerate("Add an index").concurrently("ix_plan")

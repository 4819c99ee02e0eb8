"""The example domain: users and their profiles."""

import sqlalchemy as sa
from sqlmodel import Session, select

from examples.models import Model, User, UserProfile
from tests.models.conftest import ddl
from tests.support.engines import engine_of

TABLES = """
CREATE TABLE user_profiles (
	id INTEGER NOT NULL
	user_id INTEGER NOT NULL
	display_name VARCHAR(100) NOT NULL
	bio VARCHAR(500)
	onboarding_screen VARCHAR(50)
	onboarding_started_at DATETIME
)
CREATE TABLE users (
	id INTEGER NOT NULL
	email VARCHAR(255) NOT NULL
	name VARCHAR(100) NOT NULL
)
CREATE UNIQUE INDEX ix_users_email ON users (email)
	CONSTRAINT fk_user_profiles_user_id_users FOREIGN KEY(user_id) REFERENCES users (id)
	CONSTRAINT pk_user_profiles PRIMARY KEY (id)
	CONSTRAINT pk_users PRIMARY KEY (id)
	CONSTRAINT uq_user_profiles_user_id UNIQUE (user_id)
"""


def test_the_tables_are_these() -> None:
    """The example's schema, as SQL."""
    found = [line for line in ddl(Model.metadata) if line]
    assert sorted(found) == sorted(TABLES.strip().splitlines())


def test_a_user_has_one_profile() -> None:
    """The relationship goes both ways, and to one row on each side."""
    with engine_of(poolclass=sa.StaticPool) as engine, Session(engine) as session:
        Model.metadata.create_all(engine)
        ada = User(email="ada@example.org", name="Ada")
        ada.profile = UserProfile.model_validate({"user_id": 0, "display_name": "Countess"})
        session.add(ada)
        session.commit()
        found = session.exec(select(User)).one()
        assert found.profile is not None
        assert found.profile.user is found


def test_the_metadata_leads_to_the_set_of_models() -> None:
    """An env.py that gives `Model.metadata` lets a lab find the set."""
    models = Model.metadata.info["schema_lab.models"]
    assert list(models) == ["User", "UserProfile"]

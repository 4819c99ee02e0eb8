"""`Lab()` on this project: its models are there, and one class alone can be redefined."""

from pathlib import Path

import pytest

from examples.models import User as ProjectsUser
from schema_lab import Field, Lab, Relationship
from tests.support.terminal import FIRST, HEAD, Terminal


@pytest.fixture
def terminal(tmp_path: Path, database_url: str) -> Terminal:
    """Copy the project, on an empty database."""
    return Terminal.on_a_copy(tmp_path / "project", database_url)


@pytest.fixture
def at_head(terminal: Terminal) -> Lab:
    """Open the lab on the project, with its database at the newest revision."""
    lab = terminal.lab()
    lab.upgrade()
    return lab


def test_the_project_is_found_from_its_folder(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`Lab()` takes the alembic.ini here or above, and the database of DATABASE_URL."""
    monkeypatch.chdir(terminal.versions)
    monkeypatch.setenv("DATABASE_URL", terminal.url)
    lab = Lab()
    assert lab.root == terminal.root
    assert lab.upgrade().revisions == (FIRST, HEAD)


def test_its_models_are_the_labs(terminal: Terminal) -> None:
    """The lab starts with the project's classes, as a copy of its own."""
    lab = terminal.lab()
    assert list(lab.models) == ["User", "UserProfile"]
    assert lab.models["User"] is not ProjectsUser


def test_shipped_revisions_make_the_shipped_models(at_head: Lab) -> None:
    """After an upgrade of an empty database nothing differs, on every dialect."""
    assert list(at_head.drift()) == []


def test_one_class_is_redefined(at_head: Lab) -> None:
    """A new UserProfile replaces the project's; User and its relationship stay."""

    class UserProfile(at_head.Model, table=True):  # type: ignore[name-defined, misc, call-arg]
        __tablename__ = "user_profiles"

        id: int | None = Field(default=None, primary_key=True)
        user_id: int = Field(foreign_key="users.id", unique=True)
        display_name: str = Field(max_length=100)
        bio: str | None = Field(default=None, max_length=500)
        onboarding_screen: str | None = Field(default=None, max_length=50)
        city: str | None = Field(default=None, max_length=80)

        user: "User" = Relationship(back_populates="profile")  # type: ignore[name-defined]  # noqa: F821

    said = [str(one).split(" VARCHAR")[0].split(" DATETIME")[0] for one in at_head.drift()]
    assert said[0] == "+ add column user_profiles.city"
    assert said[1].startswith("- drop column user_profiles.onboarding_started_at")
    assert len(said) == 2


def test_a_class_of_ones_own_joins_them(at_head: Lab) -> None:
    """A new class is one new table; the project's stay without drift."""

    class Note(at_head.Model, table=True):  # type: ignore[name-defined, misc, call-arg]
        id: int | None = Field(default=None, primary_key=True)
        user_id: int = Field(foreign_key="users.id")

    assert [str(one) for one in at_head.drift()] == ["+ create table note"]


def test_a_forgotten_class_is_a_table_to_drop(at_head: Lab) -> None:
    """`lab.forget` takes a class out of the models, here also of the project's (N3)."""
    at_head.forget("UserProfile")
    assert str(at_head.drift().operations[-1]) == "- drop table user_profiles"
    at_head.autogenerate("Drop profiles").write()
    at_head.upgrade()
    assert list(at_head.tables()["table"]) == ["users"]


def test_the_projects_models_are_left_alone(at_head: Lab) -> None:
    """What a notebook redefines does not reach the module of the project."""

    class User(at_head.Model, table=True):  # type: ignore[name-defined, misc, call-arg]
        __tablename__ = "users"

        id: int | None = Field(default=None, primary_key=True)
        profile: "UserProfile" = Relationship(back_populates="user")  # type: ignore[name-defined]  # noqa: F821

    assert len(at_head.drift()) > 0
    assert set(ProjectsUser.model_fields) == {"id", "email", "name"}
    assert set(ProjectsUser.metadata.tables["users"].columns.keys()) == {"id", "email", "name"}

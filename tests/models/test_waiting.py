"""A class may be related to one that a later cell defines."""

from sqlalchemy.orm import configure_mappers
from sqlmodel import Session, select

from schema_lab.models import ModelSet
from tests.models.conftest import POST, USER, Cells


def test_a_missing_class_is_waited_for(cells: Cells) -> None:
    """A relationship to a class that nothing defines is a sentence, not an error."""
    cells.run(USER)
    assert cells.models.waiting == ("User.posts waits for a class named Post",)


def test_a_missing_table_is_waited_for(cells: Cells) -> None:
    """So is a foreign key to a table that nothing defines."""
    cells.run(POST)
    assert cells.models.waiting == (
        "Post.author waits for a class named User",
        "Post.author_id waits for a table named users",
    )


def test_nothing_waits_when_all_is_defined(cells: Cells) -> None:
    """The class that arrives in a later cell ends the waiting."""
    cells.run(USER, POST)
    assert cells.models.waiting == ()


def test_a_waiting_class_has_its_table(cells: Cells) -> None:
    """The metadata can be compared with a database while a relationship waits."""
    cells.run(USER)
    assert cells.columns("users") == ["id", "name"]


def test_a_waiting_class_can_be_used(cells: Cells) -> None:
    """Rows of a class go in and out before the class it waits for is defined."""
    cells.run(USER)
    with Session(cells.engine()) as session:
        session.add(cells["User"](name="Ada"))
        session.commit()
        assert session.exec(select(cells["User"].name)).all() == ["Ada"]


def test_a_waiting_class_disturbs_no_other_mapping(cells: Cells) -> None:
    """SQLAlchemy can configure every registry in the process while a relationship waits."""
    cells.run(USER)
    configure_mappers()
    assert cells.models.waiting


def test_the_relationship_works_once_its_class_arrives(cells: Cells) -> None:
    """The relationship that waited is there after the cell that defines its class."""
    cells.run(USER, POST)
    user, post = cells["User"], cells["Post"]
    assert user(posts=[post(title="On engines")]).posts[0].title == "On engines"


def test_the_relationship_works_in_the_cell_in_which_its_class_arrives(cells: Cells) -> None:
    """Objects may be made in the very cell that ends the waiting."""
    cells.run(USER, POST + 'ada = User(posts=[Post(title="On engines")])')
    assert cells["ada"].posts[0].author is cells["ada"]


def test_a_query_may_stand_in_the_cell_in_which_its_class_arrives(cells: Cells) -> None:
    """So may queries."""
    cells.run(POST, USER + "query = sa.select(User).join(User.posts)")
    assert "JOIN posts" in str(cells["query"])


def test_a_redefinition_may_wait(cells: Cells) -> None:
    """A class that is redefined with a relationship to a missing class stays usable."""
    team = 'team: "Team | None" = Relationship(back_populates="posts")'
    cells.run(USER, POST, f"{POST}    team_id: int = Field(foreign_key='team.id')\n    {team}")
    assert cells["User"](posts=[cells["Post"]()]).posts
    assert "team_id" in cells.columns("posts")


def test_a_waiting_class_may_be_redefined(cells: Cells) -> None:
    """Running the first of two cells again and again before the second is fine."""
    cells.run(USER, USER, USER, POST)
    assert cells.models.waiting == ()


def test_cells_may_be_run_in_any_order(cells: Cells) -> None:
    """The set is the same whichever of two related classes comes first."""
    cells.run(POST, USER, POST)
    other = ModelSet(cells.models)
    assert set(other) == {"Post", "User"}
    assert other.waiting == ()

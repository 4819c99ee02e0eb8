"""A class statement may be run again and again."""

import pytest
from sqlalchemy.orm import class_mapper
from sqlalchemy.orm.exc import UnmappedClassError
from sqlmodel import Session, select

from tests.models.conftest import POST, POST_WITHOUT_BODY, USER, Cells

TAG = """
class Tag(Model, table=True):
    id: int | None = Field(default=None, primary_key=True)
"""


def test_a_class_run_again_unchanged_gives_the_same_tables(cells: Cells) -> None:
    """Running both cells ten times leaves the schema as it is."""
    cells.run(USER, POST)
    before = cells.ddl()
    cells.run(*[USER, POST] * 10)
    assert cells.ddl() == before


def test_a_removed_column_is_gone_from_the_metadata(cells: Cells) -> None:
    """N1: a model cell run again without a column takes the column out of the table."""
    cells.run(USER, POST, POST_WITHOUT_BODY)
    assert cells.columns("posts") == ["id", "title", "author_id"]


def test_an_added_column_is_in_the_metadata(cells: Cells) -> None:
    """A model cell run again with one more column puts the column into the table."""
    cells.run(USER, POST_WITHOUT_BODY, POST)
    assert "body" in cells.columns("posts")


def test_a_changed_table_name_leaves_no_table_behind(cells: Cells) -> None:
    """A class that gives its table another name has one table, not two."""
    cells.run(USER, POST, POST.replace('"posts"\n', '"articles"\n', 1))
    assert set(cells.models.metadata.tables) == {"users", "articles"}


def test_the_name_stands_for_the_class_that_was_defined_last(cells: Cells) -> None:
    """The class of the last statement is the one in the set."""
    cells.run(USER, POST, POST_WITHOUT_BODY)
    assert cells["Post"] is cells.models["Post"]


def test_names_of_related_classes_are_rebound(cells: Cells) -> None:
    """A name in the notebook follows its class although only the other class was redefined."""
    cells.run(USER, POST, POST_WITHOUT_BODY)
    assert cells["User"] is cells.models["User"]


def test_former_classes_are_free_of_their_mapping(cells: Cells) -> None:
    """A class of a former generation is no longer mapped, so it can do no harm."""
    cells.run(USER, POST)
    former = cells["Post"]
    cells.run(POST_WITHOUT_BODY)
    with pytest.raises(UnmappedClassError):
        class_mapper(former)


@pytest.mark.parametrize("again", [[POST_WITHOUT_BODY], [USER], [USER, POST], [POST, USER] * 3])
def test_relationships_work_in_a_session_after_a_redefinition(
    cells: Cells, again: list[str]
) -> None:
    """Rows go in and come out through the relationship, whichever cell was run again."""
    cells.run(USER, POST, *again)
    user, post = cells["User"], cells["Post"]
    with Session(cells.engine()) as session:
        session.add(user(name="Ada", posts=[post(title="On engines", body="…")]))
        session.commit()
        found = session.exec(select(post).join(user).where(user.name == "Ada")).one()
        assert found.author.posts[0].title == "On engines"


def test_a_cell_may_redefine_several_classes_at_once(cells: Cells) -> None:
    """Both sides of a relationship may be renamed in one cell, although neither fits alone."""
    cells.run(USER, POST)
    cells.run(
        (USER + POST)
        .replace("posts", "articles")
        .replace("author:", "writer:")
        .replace('="author"', '="writer"')
    )
    assert cells["Post"].writer.property.back_populates == "articles"


def test_a_class_redefined_twice_in_one_cell_is_the_second(cells: Cells) -> None:
    """The last of two statements in one cell counts."""
    cells.run(USER, POST)
    cells.run(POST + POST_WITHOUT_BODY)
    assert "body" not in cells.columns("posts")


def test_a_cell_with_both_classes_builds_each_once(cells: Cells) -> None:
    """The classes that a cell defines are the ones that stay, not copies of them."""
    cells.run(USER, POST)
    cells.run_open(USER + POST)
    defined = cells["User"], cells["Post"]
    cells.models.settle()
    assert (cells.models["User"], cells.models["Post"]) == defined


def test_a_new_class_leaves_the_others_as_they_are(cells: Cells) -> None:
    """A further class joins the current generation; objects that exist stay usable."""
    cells.run(USER, POST)
    ada = cells["User"](name="Ada")
    cells.run(TAG)
    with Session(cells.engine()) as session:
        session.add(ada)
        session.commit()
        assert ada.id == 1


def test_an_object_may_be_made_in_the_cell_that_redefines_its_partner(cells: Cells) -> None:
    """Making an object settles first, so that both classes are of one generation."""
    cells.run(USER, POST)
    cells.run(POST_WITHOUT_BODY + 'ada = User(name="Ada", posts=[Post(title="On engines")])')
    assert cells["ada"].posts[0].author is cells["ada"]


def test_a_query_may_stand_in_the_cell_that_redefines_its_class(cells: Cells) -> None:
    """Selecting a class completes the classes it is related to."""
    cells.run(USER, POST)
    cells.run(POST_WITHOUT_BODY + "query = sa.select(Post).join(Post.author)")
    assert "JOIN users" in str(cells["query"])


def test_a_former_class_makes_objects_of_the_current_one(cells: Cells) -> None:
    """A class kept in a variable makes objects that a session takes."""
    cells.run(USER, POST)
    kept = cells["User"]
    cells.run(POST_WITHOUT_BODY)
    assert type(kept(name="Ada")) is cells.models["User"]


def test_every_class_derives_from_the_one_model(cells: Cells) -> None:
    """The base class is one object for all generations."""
    base = cells.models.Model
    cells.run(USER, POST, USER)
    assert issubclass(cells["User"], base)
    assert cells.models.Model is base


def test_the_base_class_knows_the_current_metadata(cells: Cells) -> None:
    """`Model.metadata` is the metadata of the current generation."""
    cells.run(USER, POST, POST_WITHOUT_BODY)
    assert cells.models.Model.metadata is cells.models.metadata


def test_the_metadata_knows_its_set(cells: Cells) -> None:
    """From the metadata of an env.py one finds the set of models."""
    cells.run(USER, POST, POST)
    assert cells.models.metadata.info["schema_lab.models"] is cells.models


def test_a_table_without_a_class_is_kept(cells: Cells) -> None:
    """A Table on `Model.metadata` survives the redefinition of a class."""
    cells.run(USER, POST, 'sa.Table("log", Model.metadata, sa.Column("line", sa.Text))', POST)
    assert cells.columns("log") == ["line"]


def test_a_set_reads_like_a_mapping(cells: Cells) -> None:
    """Iteration gives the names in the order of their first definition."""
    cells.run(USER, POST, USER)
    assert (list(cells.models), len(cells.models), "User" in cells.models) == (
        ["User", "Post"],
        2,
        True,
    )


def test_an_object_shows_its_fields_in_the_order_of_the_class(cells: Cells) -> None:
    """What a cell shows for a row does not change from run to run."""
    cells.run(USER, POST)
    with Session(cells.engine()) as session:
        session.add(cells["User"](name="Ada"))
        session.commit()
        assert repr(session.exec(select(cells["User"])).one()) == "User(id=1, name='Ada')"

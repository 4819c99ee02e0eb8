"""What stays when a class is redefined, and what goes with its table."""

from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import Session, select

from schema_lab.errors import ModelError
from schema_lab.models import ModelSet
from tests.models.conftest import POST, POST_WITHOUT_BODY, USER, Cells
from tests.models.test_forget_and_seed import SEEDS
from tests.models.test_forms import BYSTANDER, FORMS, ID

NOTE = f"""
class Note(Model, table=True):
    {ID}
    user_id: int = Field(foreign_key="users.id")
"""


def created(models: ModelSet) -> list[str]:
    """Give what `create_all` would run on PostgreSQL, named types and sequences included."""
    statements: list[str] = []

    def note(statement: Any, *rest: Any) -> None:
        statements.extend(str(statement.compile(dialect=engine.dialect)).splitlines())

    engine = sa.create_mock_engine("postgresql+psycopg://", note)
    models.metadata.create_all(engine, checkfirst=False)
    return sorted(line.strip(" ,\t") for line in statements)


# Its key has no type, for which PostgreSQL has no DDL.
CREATABLE = {name: form for name, form in SEEDS.items() if "sa.Identity" not in form}


@pytest.mark.parametrize("form", CREATABLE.values(), ids=CREATABLE.keys())
def test_what_is_created_is_what_a_new_set_creates(cells: Cells, form: str) -> None:
    """Redefinitions leave no named type, sequence or index behind, and lose none."""
    cells.run(form, BYSTANDER, form, BYSTANDER, form)
    assert created(cells.models) == created(ModelSet(cells.models))


def test_a_removed_enumeration_is_not_created(cells: Cells) -> None:
    """The type of a column that is gone is gone from the metadata."""
    form = FORMS["enumerations"]
    cells.run(form, form[: form.index("            kind: Kind\n")])
    assert not [line for line in created(cells.models) if "CREATE TYPE" in line]


def test_a_redefinition_touches_no_other_table(cells: Cells) -> None:
    """The metadata and the tables of classes without a relationship stay the same objects."""
    cells.run(USER, POST, NOTE, BYSTANDER)
    metadata, tables = cells.models.metadata, dict(cells.models.metadata.tables)
    cells.run(POST_WITHOUT_BODY)
    now = cells.models.metadata
    assert now is metadata
    assert {key for key in tables if now.tables[key] is tables[key]} == {"note", "bystander"}


def test_objects_of_unrelated_classes_stay_usable(cells: Cells) -> None:
    """An object made before another class was redefined can be stored."""
    cells.run(USER, POST, BYSTANDER)
    made = cells["Bystander"]()
    cells.run(POST_WITHOUT_BODY)
    with Session(cells.engine()) as session:
        session.add(made)
        session.commit()
        assert session.exec(select(cells["Bystander"])).one() is made


def test_a_failed_edit_leaves_the_very_tables(cells: Cells) -> None:
    """N2: not copies of the former tables, but they themselves are there after a mistake."""
    cells.run(USER, POST, NOTE)
    tables = dict(cells.models.metadata.tables)
    with pytest.raises(ModelError):
        cells.run(POST.replace('"posts")', '"articles")'))
    assert all(cells.models.metadata.tables[key] is table for key, table in tables.items())


def test_a_foreign_key_finds_the_table_that_was_built_last(cells: Cells) -> None:
    """A class that only has a foreign key to a redefined one joins with its new table."""
    cells.run(USER, NOTE, USER)
    (key,) = cells["Note"].__table__.foreign_keys
    assert key.column.table is cells.models.metadata.tables["users"]


def test_a_foreign_key_waits_when_its_table_goes(cells: Cells) -> None:
    """So does the foreign key of a class that was not touched itself."""
    cells.run(USER, NOTE, USER.replace('"users"', '"people"'))
    assert "Note.user_id waits for a table named users" in cells.models.waiting
    cells.run(USER)
    assert not [each for each in cells.models.waiting if each.startswith("Note")]


def test_a_column_that_a_foreign_key_needs_cannot_go(cells: Cells) -> None:
    """The error names the class that was not touched."""
    cells.run(USER, NOTE)
    fact = "Note.user_id has a foreign key to users.id, but there is no column id."
    with pytest.raises(ModelError, match=fact):
        cells.run(USER.replace("    id:", "    number:"))


def test_a_column_follows_the_type_of_its_foreign_key(cells: Cells) -> None:
    """A column without a type of its own has that of the column it refers to."""
    key = "sa.Column(sa.ForeignKey('box.id'))"
    box = "class Box(Model, table=True):\n    id: {} = Field(primary_key=True)\n"
    part = f"class Part(Model, table=True):\n    {ID}\n    box: str = Field(sa_column={key})\n"
    cells.run(box.format("int"), part, box.format("float"))
    assert isinstance(cells.models.metadata.tables["part"].c.box.type, sa.Float)


def test_a_changed_base_rebuilds_its_subclasses_alone(cells: Cells) -> None:
    """Redefining one of many subclasses leaves its sisters; redefining the base does not."""
    base = f"class Named(Model):\n    {ID}\n"
    part, box = (f"class {name}(Named, table=True): ...\n" for name in ("Part", "Box"))
    cells.run(base, part, box)
    first = cells["Box"]
    cells.run(part)
    assert cells["Box"] is first
    cells.run(base)
    assert cells["Box"] is not first


def test_a_join_in_a_text_follows_the_class_that_it_names(cells: Cells) -> None:
    """A class that only the text of a join names is related too."""
    tag = f"class Tag(Model, table=True):\n    {ID}\n    label: str\n    part_id: int\n"
    join = "'primaryjoin': 'Part.id == foreign(Tag.part_id)', 'order_by': 'Tag.label'"
    part = f"""
class Part(Model, table=True):
    {ID}
    tags: list["Tag"] = Relationship(sa_relationship_kwargs={{{join}, 'viewonly': True}})
"""
    cells.run(tag, part, tag + "    colour: str = 'red'\n")
    assert "colour" in str(sa.select(cells["Part"]).join(cells["Part"].tags)) + str(
        sa.select(cells["Tag"])
    )
    assert "ORDER BY" not in str(sa.select(cells["Part"]))


def test_a_secondary_table_is_made_anew_with_a_side_of_it(cells: Cells) -> None:
    """Rows go through a table without a class after one of its sides was redefined."""
    form = FORMS["a secondary table"]
    cells.run(form, form[form.index("        class Box") :])
    with Session(cells.engine()) as session:
        session.add(cells["Part"](boxes=[cells["Box"]()]))
        session.commit()
        assert session.execute(sa.select(cells.models.metadata.tables["link"])).all() == [(1, 1)]

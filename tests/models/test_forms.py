"""Every form in which a model can be written survives being built again."""

import pytest
from sqlalchemy.orm import configure_mappers
from sqlmodel import Session, select

from tests.models.conftest import Cells, plain_ddl

ID = "id: int | None = Field(default=None, primary_key=True)"
BYSTANDER = f"""
class Bystander(Model, table=True):
    {ID}
"""
FORMS = {
    "table name and arguments as a tuple": f"""
        class Part(Model, table=True):
            __tablename__ = "parts"
            __table_args__ = (
                sa.UniqueConstraint("kind", "number"),
                sa.CheckConstraint("number > 0", name="positive"),
                sa.Index("ix_parts_number_desc", sa.text("number DESC")),
                {{"comment": "spare parts"}},
            )
            {ID}
            kind: str
            number: int
        """,
    "table arguments as a dictionary": f"""
        class Part(Model, table=True):
            __table_args__ = {{"comment": "spare parts"}}
            {ID}
        """,
    "whole columns": """
        class Part(Model, table=True):
            id: int | None = Field(
                default=None, sa_column=sa.Column("part_id", sa.BigInteger, primary_key=True))
            price: float = Field(sa_column=sa.Column(
                sa.Numeric(10, 2), sa.CheckConstraint("price >= 0", name="not_negative"),
                server_default=sa.text("0"), nullable=False, index=True))
            parent: int | None = Field(
                default=None, sa_column=sa.Column(sa.ForeignKey("part.part_id")))
        """,
    "computed and numbered columns": """
        class Part(Model, table=True):
            id: int = Field(sa_column=sa.Column(sa.Identity(start=7), primary_key=True))
            width: int = Field(sa_column_args=[sa.Sequence("widths")])
            half: int = Field(sa_column=sa.Column(sa.Integer, sa.Computed("width / 2")))
        """,
    "columns of other classes": f"""
        class Box(Model, table=True):
            {ID}
        class Part(Model, table=True):
            {ID}
            box: int = Field(sa_column=sa.Column(sa.ForeignKey(Box.id, ondelete="CASCADE")))
            old_box: int = Field(sa_column_args=[sa.ForeignKey(Box.id)])
        """,
    "a column inside Annotated": """
        from typing import Annotated
        class Part(Model, table=True):
            id: Annotated[int | None, Field(primary_key=True)] = None
            name: Annotated[str, Field(sa_column=sa.Column(sa.String(9), unique=True))]
        """,
    "column types and keywords": f"""
        from datetime import datetime
        class Part(Model, table=True):
            {ID}
            made: datetime = Field(sa_type=sa.DateTime(timezone=True),
                                   sa_column_kwargs={{"server_default": sa.func.now()}})
            data: dict = Field(default_factory=dict, sa_type=sa.JSON)
            code: str = Field(sa_column_args=[sa.CheckConstraint("code <> ''", name="code")])
        """,
    "enumerations": f"""
        import enum
        class Kind(enum.Enum):
            small = "s"
            large = "l"
        class Part(Model, table=True):
            {ID}
            kind: Kind
            strict: Kind = Field(
                sa_type=sa.Enum(Kind, name="strict", native_enum=False, create_constraint=True))
            third: Kind = Field(sa_column=sa.Column(
                sa.Enum(Kind, name="third", native_enum=False, create_constraint=True)))
            other: Kind | None = Field(default=Kind.small, sa_column=sa.Column(sa.Enum(Kind)))
        """,
    "a composite key": """
        class Part(Model, table=True):
            maker: str = Field(primary_key=True)
            number: int = Field(primary_key=True)
        class Stock(Model, table=True):
            __table_args__ = (
                sa.ForeignKeyConstraint(["maker", "number"], ["part.maker", "part.number"]),)
            maker: str = Field(primary_key=True)
            number: int = Field(primary_key=True)
            part: "Part" = Relationship()
        """,
    "a table that refers to itself": f"""
        class Part(Model, table=True):
            {ID}
            whole_id: int | None = Field(default=None, foreign_key="part.id", ondelete="CASCADE")
            whole: "Part | None" = Relationship(
                back_populates="parts", sa_relationship_kwargs={{"remote_side": "Part.id"}})
            parts: list["Part"] = Relationship(back_populates="whole", cascade_delete=True)
        """,
    "a link table": f"""
        class Link(Model, table=True):
            part_id: int = Field(foreign_key="part.id", primary_key=True)
            box_id: int = Field(foreign_key="box.id", primary_key=True)
        class Part(Model, table=True):
            {ID}
            boxes: list["Box"] = Relationship(back_populates="parts", link_model=Link)
        class Box(Model, table=True):
            {ID}
            parts: list[Part] = Relationship(back_populates="boxes", link_model=Link)
        """,
    "a secondary table": f"""
        link = sa.Table("link", Model.metadata,
            sa.Column("part_id", sa.ForeignKey("part.id"), primary_key=True),
            sa.Column("box_id", sa.ForeignKey("box.id"), primary_key=True),
            keep_existing=True)
        class Part(Model, table=True):
            {ID}
            boxes: list["Box"] = Relationship(sa_relationship_kwargs={{"secondary": link}})
        class Box(Model, table=True):
            {ID}
        """,
    "relationships with classes, Optional and Mapped": f"""
        from typing import List, Optional
        from sqlalchemy.orm import Mapped
        class Box(Model, table=True):
            {ID}
            parts: List["Part"] = Relationship(back_populates="box")
            tools: Mapped[list["Tool"]] = Relationship(back_populates="box")
        class Part(Model, table=True):
            {ID}
            box_id: int | None = Field(default=None, foreign_key="box.id")
            box: Box | None = Relationship(back_populates="parts")
        class Tool(Model, table=True):
            {ID}
            box_id: int | None = Field(default=None, foreign_key="box.id")
            box: Mapped[Optional[Box]] = Relationship(back_populates="tools")
        """,
    "postponed annotations": f"""
        from __future__ import annotations
        import enum
        from typing import Optional
        class Kind(enum.Enum):
            small = "s"
        class Box(Model, table=True):
            {ID}
            kind: Kind | None = None
            parts: list[Part] = Relationship(back_populates="box")
        class Part(Model, table=True):
            {ID}
            box_id: Optional[int] = Field(default=None, foreign_key="box.id")
            box: Optional[Box] = Relationship(back_populates="parts")
            other: "Box | None" = Relationship(sa_relationship_kwargs={{"viewonly": True}})
        """,
    "lambdas in a relationship": f"""
        class Box(Model, table=True):
            {ID}
            parts: list["Part"] = Relationship(sa_relationship_kwargs={{
                "primaryjoin": lambda: Box.id == sa.orm.foreign(Part.box_id),
                "order_by": lambda: Part.id}})
        class Part(Model, table=True):
            {ID}
            box_id: int
        """,
    "an explicit SQLAlchemy relationship": f"""
        from sqlalchemy.orm import relationship
        class Box(Model, table=True):
            {ID}
            parts: list["Part"] = Relationship(
                sa_relationship=relationship("Part", back_populates="box", lazy="selectin"))
        class Part(Model, table=True):
            {ID}
            box_id: int | None = Field(default=None, foreign_key="box.id")
            box: "Box | None" = Relationship(
                back_populates="parts", sa_relationship_args=[], passive_deletes="all")
        """,
    "settings of the mapper": f"""
        from sqlalchemy.orm import declared_attr
        version = sa.Column("version", sa.Integer, nullable=False)
        class Part(Model, table=True):
            __mapper_args__ = {{"version_id_col": version, "eager_defaults": True}}
            @declared_attr.directive
            def __tablename__(cls) -> str:
                return f"{{cls.__name__.lower()}}s"
            {ID}
            version: int = Field(sa_column=version)
        """,
    "what is no column": f"""
        from typing import Any, ClassVar, Literal
        from pydantic import ConfigDict, PrivateAttr, computed_field
        from sqlalchemy.ext.hybrid import hybrid_property
        class Part(Model, table=True):
            model_config = ConfigDict(str_strip_whitespace=True, ignored_types=(hybrid_property,))
            colours: ClassVar[list[str]] = []
            _cache: dict[str, Any] = PrivateAttr(default_factory=dict)
            {ID}
            name: str = ""
            @computed_field
            def label(self) -> str:
                return self.name
            @hybrid_property
            def double(self) -> int:
                return self.id * 2
        """,
    "types of many kinds": """
        import datetime as dt
        import uuid
        from decimal import Decimal
        from pathlib import Path
        class Part(Model, table=True):
            id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
            price: Decimal = Field(max_digits=8, decimal_places=2)
            made: dt.date | None = None
            seen: dt.datetime
            at: dt.time
            took: dt.timedelta
            raw: bytes
            place: Path
            ratio: float = 0.5
            active: bool = True
        """,
    "a base with fields": f"""
        class Named(Model):
            {ID}
            name: str = Field(max_length=40, index=True)
        class Part(Named, table=True):
            price: int
        class Box(Named, table=True):
            __tablename__ = "boxes"
        """,
    "mixins of several kinds": f"""
        from sqlmodel import SQLModel
        class Stamped(SQLModel):
            made: int = 0
        class Loud:
            def shout(self) -> str:
                return self.name.upper()
        class Named(Model):
            name: str
        class Part(Loud, Stamped, Named, Model, table=True):
            {ID}
        """,
}


# SQLModel itself cannot read a postponed relationship.
PLAIN = {name: form for name, form in FORMS.items() if name != "postponed annotations"}


@pytest.mark.parametrize("form", PLAIN.values(), ids=PLAIN.keys())
def test_a_form_gives_the_tables_that_plain_sqlmodel_gives(cells: Cells, form: str) -> None:
    """Recording a class changes nothing about its table."""
    cells.run(form)
    assert cells.ddl() == plain_ddl(cells.module, form)


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_a_form_is_built_again_with_its_neighbour(cells: Cells, form: str) -> None:
    """Three redefinitions of another class leave the tables as they were."""
    cells.run(form, BYSTANDER)
    before = cells.ddl()
    cells.run(BYSTANDER, BYSTANDER, BYSTANDER)
    configure_mappers()
    assert cells.ddl() == before


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_a_form_is_run_again(cells: Cells, form: str) -> None:
    """Three runs of its own cell leave the tables as they were."""
    cells.run(BYSTANDER, form)
    before = cells.ddl()
    cells.run(form, form, form)
    configure_mappers()
    assert cells.ddl() == before


PART = f"""
from pydantic import computed_field, field_validator, model_validator
class Part(Model, table=True):
    {ID}
    name: str
    price: int = Field(default=0, ge=0)

    def __init__(self, **values):
        super().__init__(**values)
        self.name = (self.name or "").strip()

    @property
    def label(self):
        return f"{{super().__repr_name__()}} {{self.name}}"

    @classmethod
    def named(cls, name):
        assert issubclass(cls, __class__)
        return cls(name=name)

    @field_validator("name")
    @classmethod
    def _not_empty(cls, value):
        assert issubclass(cls, __class__)
        assert value
        return value
"""


def test_a_method_that_says_super_works_after_a_redefinition(cells: Cells) -> None:
    """`super()` finds the class that was built last."""
    cells.run(PART, BYSTANDER, BYSTANDER)
    assert cells["Part"](name=" bolt ").name == "bolt"


def test_properties_and_class_methods_work_after_a_redefinition(cells: Cells) -> None:
    """What a class body defines besides fields is there after it is built again."""
    cells.run(PART, BYSTANDER, BYSTANDER)
    assert cells["Part"].named("bolt").label == "Part bolt"


def test_validators_work_after_a_redefinition(cells: Cells) -> None:
    """A validator still refuses what it refused."""
    cells.run(PART, BYSTANDER, BYSTANDER)
    with pytest.raises(ValueError, match="name"):
        cells["Part"].model_validate({"name": ""})


def test_super_works_in_the_former_models_after_a_failure(cells: Cells) -> None:
    """A failed rebuild does not take the methods of the former classes along."""
    cells.run(PART, BYSTANDER)
    with pytest.raises(Exception, match="table part"):
        cells.run(BYSTANDER.replace(ID, f'__tablename__ = "part"; {ID}'))
    assert cells["Part"](name=" bolt ").name == "bolt"


def test_a_changed_base_changes_its_subclasses(cells: Cells) -> None:
    """A field added to a base class is in the tables of the classes that derive from it."""
    base = f"class Named(Model):\n    {ID}\n"
    cells.run(base, "class Part(Named, table=True): ...", f"{base}    name: str\n")
    assert cells.columns("part") == ["id", "name"]


def test_a_changed_link_table_is_used_by_both_sides(cells: Cells) -> None:
    """A link class that is redefined alone is the one that rows go through."""
    form = FORMS["a link table"]
    link = form[: form.index("class Part")] + "    note: str | None = None\n"
    cells.run(form, link)
    with Session(cells.engine()) as session:
        session.add(cells["Part"](boxes=[cells["Box"]()]))
        session.commit()
        assert session.exec(select(cells["Link"])).one().note is None


def test_a_lambda_sees_the_classes_of_its_generation(cells: Cells) -> None:
    """A join written as a lambda selects through the redefined class."""
    form = FORMS["lambdas in a relationship"]
    cells.run(form, form[form.index("        class Part") :])
    with Session(cells.engine()) as session:
        session.add(cells["Box"](id=1))
        session.add(cells["Part"](box_id=1))
        session.commit()
        assert len(session.exec(select(cells["Box"])).one().parts) == 1


def test_a_class_as_the_type_of_a_field_is_the_current_one(cells: Cells) -> None:
    """A class without a table, nested in another, is replaced when it is redefined."""
    size = "class Size(Model):\n    width: int\n"
    cells.run(size, f"class Part(Model):\n    size: Size | None = None\n    {ID}\n", size)
    assert type(cells["Part"].model_validate({"size": {"width": 1}}).size) is cells["Size"]


def test_a_clone_of_a_class_is_not_recorded(cells: Cells) -> None:
    """A class derived from one of the same name, as web frameworks make them, changes nothing."""
    cells.run(PART)
    type(cells["Part"])("Part", (cells["Part"],), {"__module__": "elsewhere"})
    assert cells.models["Part"] is cells["Part"]

"""Schemas of any size, as the code of SQLModel classes and of Django models.

- **chain**: each table points at the one before it.
- **hub**: every table points at one table, whose key has two columns, as have all keys.
"""

from collections.abc import Callable

SHAPES = ("chain", "hub")
TEXTS = ("c3", "c4", "c5")
SQLMODEL = """
class T{n}(Model, table=True):
    __tablename__ = "t{n:04}"
{key}
    c1: str = Field(max_length=50, index=True)
    c2: int = Field(index=True)
{texts}
"""
CHAIN_KEY = """\
    id: int | None = Field(default=None, primary_key=True)
    parent_id: int | None = Field(default=None{target})
    c6: bool = True"""
HUB_KEY = """\
    __table_args__ = ({target})
    id: int = Field(primary_key=True)
    part: int = Field(primary_key=True)
    hub_id: int
    hub_part: int"""
HUB_TARGET = 'ForeignKeyConstraint(["hub_id", "hub_part"], ["t0000.id", "t0000.part"]),'
DJANGO = """
class T{n}(models.Model):
    parent = models.ForeignKey("T{parent}", null=True, on_delete=models.DO_NOTHING)
    c1 = models.CharField(max_length=50, db_index=True)
    c2 = models.IntegerField(db_index=True)
    c6 = models.BooleanField(default=True)
{texts}

    class Meta:
        db_table = "t{n:04}"
"""


def sqlmodel_class(shape: str, number: int, extra: str = "") -> str:
    """Give the class of one table: eight columns, a foreign key, two indexes.

    Parameters
    ----------
    shape
        "chain" or "hub".
    number
        Which table, from 0.
    extra
        The name of one more column; none by default.
    """
    fields = [f"    {name}: str | None = Field(default=None, max_length=50)" for name in TEXTS]
    if shape == "hub":
        fields.pop()
        key = HUB_KEY.format(target=HUB_TARGET if number else "")
    else:
        target = f', foreign_key="t{number - 1:04}.id"' if number else ""
        key = CHAIN_KEY.format(target=target)
    if extra:
        fields.append(f"    {extra}: str | None = Field(default=None, max_length=20)")
    return SQLMODEL.format(n=number, key=key, texts="\n".join(fields))


def sqlmodel_classes(shape: str, tables: int, extra: str = "") -> str:
    """Give all classes; the one in the middle has the extra column."""
    return _all(lambda n, more: sqlmodel_class(shape, n, more), tables, extra)


def django_classes(tables: int, extra: str = "") -> str:
    """Give all models of the chain for Django; the one in the middle has the extra column."""
    return _all(_django_class, tables, extra)


def _django_class(number: int, extra: str) -> str:
    texts = [f"    {name} = models.CharField(max_length=50, null=True)" for name in TEXTS]
    if extra:
        texts.append(f"    {extra} = models.CharField(max_length=20, null=True)")
    return DJANGO.format(n=number, parent=max(number - 1, 0), texts="\n".join(texts))


def _all(one: Callable[[int, str], str], tables: int, extra: str) -> str:
    return "".join(one(number, extra if number == tables // 2 else "") for number in range(tables))

"""Random schemas: tables with columns, keys, constraints, indexes and comments."""

from collections.abc import Iterable
from dataclasses import replace

from hypothesis import strategies as st

from tests.round_trip.kinds import KEY_KINDS, KINDS, defaults_of
from tests.round_trip.names import names
from tests.round_trip.spec import (
    CheckSpec,
    ColumnSpec,
    ForeignKeySpec,
    IndexSpec,
    SchemaSpec,
    TableSpec,
    UniqueSpec,
)

COMMENTS = (None, None, None, "plain", 'it\'s "quoted"', "100% of :name", "ünï ☃", "a\\b", "a\nb")
CONDITIONS = {
    "integer": ("{} >= 0", "{} % 2 = 0", "{} <> 7"),
    "short": ("{} <> '100%'", "{} <> ' :name'", "{} NOT LIKE '%x'", "{} <> 'it''s'"),
}
FORMS = {"sqlite": ("desc", "lower({})"), "postgresql": ("desc", "lower({})"), "mariadb": ()}
FORMS_OF_NUMBERS = {"sqlite": "({} % 3)", "postgresql": "({} % 3)"}
ACTIONS = (None, None, "CASCADE", "RESTRICT", "SET NULL")


def lowered(names_: Iterable[str]) -> frozenset[str]:
    """Give names for comparing whatever their case."""
    return frozenset(one.lower() for one in names_)


@st.composite
def columns(draw: st.DrawFn, dialect: str, there: tuple[ColumnSpec, ...]) -> ColumnSpec:
    """Draw one more column of a table; the CHECK of an enumeration has one name in it."""
    checked = any(one.kind == "checked" for one in there)
    kind = draw(st.sampled_from([one for one in KINDS if one != "checked" or not checked]))
    defaults = defaults_of(kind, dialect)
    return ColumnSpec(
        draw(names(lowered(one.name for one in there))),
        kind,
        draw(st.booleans()),
        draw(st.one_of(st.none(), st.sampled_from(defaults))) if defaults else None,
        draw(st.sampled_from(COMMENTS)),
    )


@st.composite
def tables(draw: st.DrawFn, dialect: str, schema: SchemaSpec) -> TableSpec:
    """Draw one more table of a schema."""
    name = draw(names(lowered(one.name for one in schema.tables)))
    key = draw(st.lists(st.sampled_from(KEY_KINDS), min_size=1, max_size=2))
    found = [
        ColumnSpec(f"{prefix}id", kind, False)
        for prefix, kind in zip(("", "second "), key, strict=False)
    ]
    table = TableSpec(name, tuple(one.name for one in found), tuple(found))
    for _ in range(draw(st.integers(0, 3))):
        column = draw(columns(dialect, table.columns))
        table = replace(table, columns=(*table.columns, column))
    table = replace(table, comment=draw(st.sampled_from(COMMENTS)))
    for _ in range(draw(st.integers(0, 3))):
        table = draw(parts(dialect, schema, table))
    if draw(st.booleans()):
        table = draw(with_check(table))
    return table


@st.composite
def schemas(draw: st.DrawFn, dialect: str) -> SchemaSpec:
    """Draw a schema of one to three tables."""
    schema = SchemaSpec((), draw(st.booleans()))
    for _ in range(draw(st.integers(1, 3))):
        table = draw(tables(dialect, schema))
        schema = replace(schema, tables=(*schema.tables, table))
    return schema


@st.composite
def parts(draw: st.DrawFn, dialect: str, schema: SchemaSpec, table: TableSpec) -> TableSpec:
    """Draw a table with one more unique constraint, index or foreign key."""
    part = draw(st.sampled_from((with_unique, with_index, with_foreign_key)))
    return draw(part(dialect, schema, table))


def _keyed(table: TableSpec) -> list[str]:
    return [one.name for one in table.columns if KINDS[one.kind].keyed]


def _some(table: TableSpec) -> st.SearchStrategy[tuple[str, ...]]:
    chosen = st.lists(st.sampled_from(_keyed(table)), min_size=1, max_size=2, unique=True)
    return chosen.map(tuple)


@st.composite
def with_unique(draw: st.DrawFn, dialect: str, schema: SchemaSpec, table: TableSpec) -> TableSpec:
    """Add a unique constraint over columns that have none."""
    chosen = draw(_some(table))
    if any(set(one.columns) == set(chosen) for one in table.uniques) or set(chosen) == set(
        table.key
    ):
        return table
    said = f"uq {len(table.uniques)} of {table.name}"
    name = draw(st.sampled_from((None, said)))
    return replace(table, uniques=(*table.uniques, UniqueSpec(chosen, name)))


@st.composite
def with_index(draw: st.DrawFn, dialect: str, schema: SchemaSpec, table: TableSpec) -> TableSpec:
    """Add an index: plain, unique, descending, on an expression or partial."""
    chosen = draw(_some(table))
    kind = table.column(chosen[0]).kind
    forms = ["plain", "plain"]
    if kind in ("short", "long") and FORMS[dialect]:
        forms += FORMS[dialect]
    elif kind == "integer" and dialect in FORMS_OF_NUMBERS:
        forms += ["desc", FORMS_OF_NUMBERS[dialect]]
    wheres = [None, None, *CONDITIONS.get(kind, ())] if dialect != "mariadb" else [None]
    serial = max((int(one.name[2:].split()[0]) for one in table.indexes), default=0) + 1
    index = IndexSpec(
        f"ix{serial} {table.name}",
        chosen,
        draw(st.sampled_from(forms)),
        draw(st.booleans()),
        draw(st.sampled_from(wheres)),
    )
    return replace(table, indexes=(*table.indexes, index))


@st.composite
def with_foreign_key(
    draw: st.DrawFn, dialect: str, schema: SchemaSpec, table: TableSpec
) -> TableSpec:
    """Add a foreign key, with columns of its own, to an earlier table or to itself."""
    target = draw(st.sampled_from((*schema.tables, table)))
    if target.name in {one.target for one in table.foreign_keys}:
        return table
    optional = draw(st.booleans())
    action = draw(st.sampled_from(ACTIONS[: 5 if optional else 4]))
    added = tuple(
        ColumnSpec(f"{target.name} {one}", target.column(one).kind, optional) for one in target.key
    )
    if lowered(one.name for one in added) & lowered(one.name for one in table.columns):
        return table
    named = draw(st.booleans())
    key = ForeignKeySpec(
        tuple(one.name for one in added),
        target.name,
        f"fk {table.name} {target.name}" if named else None,
        action,
    )
    return replace(table, columns=(*table.columns, *added), foreign_keys=(*table.foreign_keys, key))


@st.composite
def with_check(draw: st.DrawFn, table: TableSpec) -> TableSpec:
    """Add a CHECK, if a column takes one."""
    bound = {*table.key, *(name for one in table.foreign_keys for name in one.columns)}
    able = [one for one in table.columns if one.kind in CONDITIONS and one.name not in bound]
    if not able:
        return table
    column = draw(st.sampled_from(able))
    condition = draw(st.sampled_from(CONDITIONS[column.kind]))
    check = CheckSpec(f"ck {len(table.checks)}", column.name, condition)
    return replace(table, checks=(*table.checks, check))

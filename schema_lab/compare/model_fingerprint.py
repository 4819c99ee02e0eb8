"""The fingerprint of a model's table, and which models have changed since they were last seen.

Tables with equal fingerprints are equal to a comparison. A part that the lab does not know is equal
only to itself. A table may have changed when it is another object, or when an attribute of the
table, a column, a type, an index or a constraint was assigned, added or removed. Only then is a new
fingerprint made.
"""

import gc
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.base import ColumnCollection
from sqlalchemy.types import TypeEngine

from schema_lab.compat.sqlalchemy_private import TYPE_CACHES, tokens_of
from schema_lab.schema import parameters_of
from schema_lab.schema.words import TableKey

_CACHES = frozenset({"dispatch", "metadata"}) | TYPE_CACHES
_PLAIN = (str, bytes, int, float, bool, type(None))
_SIMPLE_TYPES = ("sqlalchemy.sql.sqltypes", "sqlalchemy.dialects.")


@dataclass(frozen=True, eq=False)
class _Itself:
    """A value that is compared by identity."""

    value: Any

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Itself) and self.value is other.value

    def __hash__(self) -> int:
        return id(self.value)


@dataclass(frozen=True)
class ModelFingerprint:
    """A table's content, the tables it refers to, and whether it has enums or comparing types."""

    said: tuple[Any, ...]
    referred: frozenset[TableKey]
    has_enums: bool
    own_code: bool


def model_fingerprint(table: sa.Table) -> ModelFingerprint:
    """Give the fingerprint of a model's table. Read-only.

    Examples
    --------
    >>> def users(length):
    ...     return sa.Table("users", sa.MetaData(), sa.Column("name", sa.String(length)))
    >>> model_fingerprint(users(10)) == model_fingerprint(users(10))
    True
    >>> model_fingerprint(users(10)) == model_fingerprint(users(20))
    False
    """
    columns = list(table.columns)
    said = (
        (table.name, table.schema, table.comment, _options(table), _naming(table)),
        tuple(_column(column) for column in columns),
        frozenset(_constraint(constraint) for constraint in table.constraints),
        frozenset(_index(index) for index in table.indexes),
    )
    types = [column.type for column in columns]
    return ModelFingerprint(
        said,
        targets_of(table),
        any(_may_be_enum(type_) for type_ in types),
        any(hasattr(type_, "compare_against_backend") for type_ in types),
    )


def targets_of(table: sa.Table) -> frozenset[TableKey]:
    """Name the tables that a table's foreign keys refer to, in lower case."""
    targets = (tokens_of(key) for key in table.foreign_keys)
    return frozenset(in_lower_case(target.schema, target.table_name) for target in targets)


def in_lower_case(schema: str | None, name: str) -> TableKey:
    """Give a table's name in lower case, since databases may ignore case."""
    return TableKey(schema.lower() if schema else None, name.lower())


def _naming(table: sa.Table) -> Any:
    return tuple((str(key), _value(said)) for key, said in table.metadata.naming_convention.items())


def _options(item: Any) -> Any:
    return tuple((name, _value(value)) for name, value in sorted(item.dialect_kwargs.items()))


def _column(column: sa.Column[Any]) -> tuple[Any, ...]:
    return (
        *(column.name, column.key, _value(column.type), column.nullable, column.primary_key),
        *(column.autoincrement, column.unique, column.index, column.comment, column.system),
        *(_default(column.server_default), _default(column.server_onupdate)),
        _options(column),
    )


def _default(default: Any) -> Any:
    if default is None:
        return None
    if isinstance(default, sa.Computed):
        return "computed", _sql(default.sqltext), default.persisted
    if isinstance(default, sa.Identity):
        kept = {name: value for name, value in vars(default).items() if name != "column"}
        return "identity", _mapping(kept)
    return type(default).__name__, _sql(getattr(default, "arg", None))


def _constraint(constraint: sa.Constraint) -> tuple[Any, ...]:
    shared = (
        *(type(constraint), _name(constraint.name), constraint.deferrable, constraint.initially),
        _options(constraint),
    )
    if isinstance(constraint, sa.ForeignKeyConstraint):
        targets = tuple((tuple(tokens_of(key)), _resolved(key)) for key in constraint.elements)
        rest = (constraint.onupdate, constraint.ondelete, constraint.match, constraint.use_alter)
        return (*shared, tuple(constraint.column_keys), targets, rest)
    if isinstance(constraint, sa.CheckConstraint):
        return (*shared, _sql(constraint.sqltext))
    return (*shared, tuple(column.name for column in getattr(constraint, "columns", ())))


def _resolved(key: sa.ForeignKey) -> tuple[Any, ...] | None:
    """Give the column that a foreign key resolves to, since this column is compared."""
    try:
        column = key.column
    except sa.exc.SQLAlchemyError:
        return None
    return column.table.schema, column.table.name, column.name


def _index(index: sa.Index) -> tuple[Any, ...]:
    parts = tuple(_sql(term) for term in index.expressions)
    return _name(index.name), bool(index.unique), parts, _options(index)


def _name(name: Any) -> Any:
    return None if name is None else (type(name).__name__, str(name))


def _sql(expression: Any) -> Any:
    """Spell an expression with its values."""
    if isinstance(expression, _PLAIN):
        return expression
    if isinstance(expression, sa.Column):
        return "column", expression.name
    if isinstance(expression, sa.TextClause) and not parameters_of(expression):
        return "text", expression.text
    try:
        compiled = expression.compile()
        values = {key: _value(value) for key, value in compiled.params.items()}
        return str(compiled), tuple(sorted(values.items(), key=lambda pair: pair[0]))
    except Exception:  # noqa: BLE001 - then the expression is equal only to itself
        return _Itself(expression)


def _value(value: Any) -> Any:
    if isinstance(value, _PLAIN):
        return type(value), value
    if isinstance(value, TypeEngine):
        return type(value), _mapping(vars(value))
    if isinstance(value, list | tuple):
        return type(value), tuple(_value(item) for item in value)
    if isinstance(value, Mapping):
        return type(value), _mapping(value)
    if isinstance(value, sa.ClauseElement):
        return _sql(value)
    return _Itself(value)


def _mapping(values: Mapping[Any, Any]) -> tuple[Any, ...]:
    return tuple(
        (_value(key), _value(value)) for key, value in values.items() if key not in _CACHES
    )


def _may_be_enum(type_: TypeEngine[Any]) -> bool:
    """Say whether a type is, contains or decorates an enum."""
    return any(isinstance(part, sa.Enum) for part in _within(type_))


def _within(type_: Any) -> Iterator[Any]:
    yield type_
    for inner in (getattr(type_, "impl", None), getattr(type_, "item_type", None)):
        if isinstance(inner, TypeEngine) and inner is not type_:
            yield from _within(inner)


@dataclass
class _SeenTable:
    """A table, the objects that hold its parts, what they refer to, and its fingerprint.

    Python's garbage collector lists the references of all holders in a single call, which is
    faster than reading the attributes that matter.
    """

    table: sa.Table
    naming: Any
    holders: list[Any]
    held: list[Any]
    fingerprint: ModelFingerprint

    @classmethod
    def of(cls, table: sa.Table) -> "_SeenTable":
        fingerprint = model_fingerprint(table)
        holders = list(_holders(table))
        naming = table.metadata.naming_convention
        return cls(table, naming, holders, gc.get_referents(*holders), fingerprint)

    def is_same(self, table: sa.Table) -> bool:
        """Say whether this is the same table with the same references."""
        try:
            return (
                table is self.table
                and table.metadata.naming_convention is self.naming
                and gc.get_referents(*self.holders) == self.held
            )
        except TypeError:  # a replaced expression has no truth value
            return False


def _holders(table: sa.Table) -> Iterator[Any]:
    """Give the objects that change when a part of the table is assigned, added or removed."""
    yield vars(table)
    yield table.indexes
    yield table.constraints
    yield from _lists(table.columns)
    for column in table.columns:
        yield vars(column)
        yield vars(column.type)
        inner = getattr(column.type, "impl", None)
        if inner is not None and hasattr(inner, "__dict__") and not isinstance(inner, type):
            yield vars(inner)
        if column.server_default is not None:
            yield vars(column.server_default)
    yield from (vars(index) for index in table.indexes)
    yield from (vars(constraint) for constraint in table.constraints)


def _lists(columns: Any) -> Iterator[Any]:
    """Give the lists that hold the columns of a collection, or of the collection behind it."""
    yield columns
    for part in gc.get_referents(columns):
        if isinstance(part, list):
            yield part
        elif isinstance(part, ColumnCollection):
            yield from _lists(part)


@dataclass
class ModelsSeen:
    """All tables of the models, by place; the default schema is None."""

    seen: dict[TableKey, _SeenTable] = field(default_factory=dict)
    pointing: dict[TableKey, set[TableKey]] = field(default_factory=dict)
    with_enums: set[TableKey] = field(default_factory=set)
    """The tables that may have an enum."""

    def renewed(self, tables: Mapping[TableKey, sa.Table]) -> set[TableKey]:
        """Check all tables; give the places that are new, removed or different."""
        changed = self.seen.keys() - tables.keys()
        for place in changed:
            self._forget(place)
        for place, table in tables.items():
            before = self.seen.get(place)
            if before is None or not before.is_same(table):
                now = _SeenTable.of(table)
                if before is None or before.fingerprint != now.fingerprint:
                    changed.add(place)
                self._forget(place)
                self._remember(place, now)
        return changed

    def _remember(self, place: TableKey, now: _SeenTable) -> None:
        self.seen[place] = now
        if now.fingerprint.has_enums:
            self.with_enums.add(place)
        for name in now.fingerprint.referred:
            self.pointing.setdefault(name, set()).add(place)

    def _forget(self, place: TableKey) -> None:
        before = self.seen.pop(place, None)
        self.with_enums.discard(place)
        for name in before.fingerprint.referred if before else ():
            self.pointing[name].discard(place)

    def referring(self, name: TableKey) -> set[TableKey]:
        """Give the tables with a foreign key to a table of this name, in lower case."""
        return self.pointing.get(name, set())

    def own_code(self, place: TableKey) -> bool:
        """Say whether a type of a table has its own comparison code."""
        return self.seen[place].fingerprint.own_code

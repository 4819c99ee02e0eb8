"""What a model's table says, as a value: equal values are equal tables to a comparison.

Whatever is not understood stands for itself, and so is equal to nothing but itself.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine

Place = tuple[str | None, str]
_CACHES = frozenset({"dispatch", "metadata", "_static_cache_key", "_type_affinity", "_type_memos"})
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
    """A table's value; the tables it points to; whether it has enums, or compares in own code."""

    said: tuple[Any, ...]
    referred: frozenset[Place]
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
        tuple(_column(one) for one in columns),
        frozenset(_constraint(one) for one in table.constraints),
        frozenset(_index(one) for one in table.indexes),
    )
    types = [one.type for one in columns]
    return ModelFingerprint(
        said,
        goals_of(table),
        any(_may_be_enum(one) for one in types),
        any(hasattr(one, "compare_against_backend") for one in types),
    )


def goals_of(table: sa.Table) -> frozenset[Place]:
    """Name the tables that a table's foreign keys point to, in small letters."""
    goals = (one.target_tokens for one in table.foreign_keys)
    return frozenset(in_small_letters(one.schema, one.table_name) for one in goals)


def in_small_letters(schema: str | None, name: str) -> Place:
    """Give a table's name as databases may compare it."""
    return (schema.lower() if schema else None, name.lower())


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
        targets = tuple((tuple(one.target_tokens), _resolved(one)) for one in constraint.elements)
        rest = (constraint.onupdate, constraint.ondelete, constraint.match, constraint.use_alter)
        return (*shared, tuple(constraint.column_keys), targets, rest)
    if isinstance(constraint, sa.CheckConstraint):
        return (*shared, _sql(constraint.sqltext))
    return (*shared, tuple(one.name for one in getattr(constraint, "columns", ())))


def _resolved(key: sa.ForeignKey) -> tuple[Any, ...] | None:
    """Give the column that a foreign key finds, since that is what is compared."""
    try:
        column = key.column
    except sa.exc.SQLAlchemyError:
        return None
    return column.table.schema, column.table.name, column.name


def _index(index: sa.Index) -> tuple[Any, ...]:
    parts = tuple(_sql(one) for one in index.expressions)
    return _name(index.name), bool(index.unique), parts, _options(index)


def _name(name: Any) -> Any:
    return None if name is None else (type(name).__name__, str(name))


def _sql(expression: Any) -> Any:
    """Spell an expression, with its values."""
    if isinstance(expression, _PLAIN):
        return expression
    if isinstance(expression, sa.Column):
        return "column", expression.name
    if isinstance(expression, sa.TextClause) and not expression._bindparams:
        return "text", expression.text
    try:
        compiled = expression.compile()
        values = {key: _value(value) for key, value in compiled.params.items()}
        return str(compiled), tuple(sorted(values.items(), key=lambda one: one[0]))
    except Exception:  # noqa: BLE001 - what cannot be compiled here stands for itself
        return _Itself(expression)


def _value(value: Any) -> Any:
    if isinstance(value, _PLAIN):
        return type(value), value
    if isinstance(value, TypeEngine):
        return type(value), _mapping(vars(value))
    if isinstance(value, list | tuple):
        return type(value), tuple(_value(one) for one in value)
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
    """Say whether a type is, holds or decorates an enum; what is not known may."""
    return any(isinstance(one, sa.Enum) for one in _within(type_))


def _within(type_: Any) -> Iterator[Any]:
    yield type_
    for one in (getattr(type_, "impl", None), getattr(type_, "item_type", None)):
        if isinstance(one, TypeEngine) and one is not type_:
            yield from _within(one)

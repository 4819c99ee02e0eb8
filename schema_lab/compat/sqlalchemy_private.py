"""The private names of SQLAlchemy that the lab needs; seen with 2.1.9, 2.0.58 and 2.0.38.

Each function says what has no public way, or whose public way does something else. What 2.1 made
public is read under its public name there, and under its private one in 2.0.
"""

import copy
from collections.abc import Callable, Iterable, Iterator, Mapping
from re import Pattern
from typing import Any, NamedTuple, TypeVar
from weakref import WeakKeyDictionary, WeakMethod

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects.mysql.reflection import MySQLTableDefinitionParser
from sqlalchemy.inspection import _inspects
from sqlalchemy.orm import Mapper, RelationshipProperty, registry

T = TypeVar("T")

IS_2_1 = hasattr(sa.ForeignKey, "target_tokens")

inspects = _inspects
"""Registers what `sa.inspect` gives for a class; public for SQLAlchemy's own classes only."""

TYPE_CACHES = frozenset({"_static_cache_key", "_type_affinity", "_type_memos"})
"""Attributes that a type fills as it is used: they say nothing of what it is."""


def copied(part: T) -> T:
    """Copy a column or constraint without its table; `Table.to_metadata` copies whole tables."""
    made: T = part._copy()  # type: ignore[attr-defined]
    return made


def affinity(type_: Any) -> Any:
    """Give the generic type of which a type is one; `as_generic` fails for types without one."""
    return type_._type_affinity


def variants(type_: Any) -> Mapping[str, Any]:
    """Give what `with_variant` was told; there is no way to read it back."""
    found: Mapping[str, Any] = getattr(type_, "_variant_mapping", {})
    return found


def without_variants(type_: Any) -> Any:
    """Copy a type without what `with_variant` was told."""
    bare = copy.copy(type_)
    bare._variant_mapping = {}
    return bare


def sqlite_type(dialect: Any, name: str) -> Any:
    """Give the type that SQLAlchemy reads for a type's name in SQLite; None on another dialect."""
    read = getattr(dialect, "_resolve_type_affinity", None)
    return None if read is None else read(name)


def is_of_type(constraint: sa.Constraint) -> bool:
    """Say whether a type, such as Boolean or Enum, made a CHECK; nothing public says so."""
    return bool(constraint._type_bound)


def cut_name(dialect: sa.Dialect, name: str) -> str:
    """Cut a constraint's name as the dialect does, without the quotes that it would put."""
    cut = dialect.identifier_preparer.truncate_and_render_constraint_name
    return cut(name, _alembic_quote=False)


def constraint_name(dialect: sa.Dialect, constraint: sa.Constraint) -> str | None:
    """Give a constraint's name by the naming convention, without the quotes around it."""
    return dialect.identifier_preparer.format_constraint(constraint, _alembic_quote=False)


def relationship_arguments(relationship: RelationshipProperty[Any]) -> Iterator[Any]:
    """List what a relationship was told; before mapping, its attributes do not hold it yet."""
    yield from (getattr(each, "argument", None) for each in relationship._init_args)


class RunsDdl:
    """What `create_all` and `Enum.create` call on a connection, for one that is none."""

    def run_ddl(self, visitor: Any, element: Any, **options: Any) -> None:
        """Run the visitor that makes or drops an element."""
        raise NotImplementedError

    def _run_ddl_visitor(self, visitor: Any, element: Any, **options: Any) -> None:
        self.run_ddl(visitor, element, **options)


KEY_TERMS = "_parse_keyexprs"
"""The method of MySQL's parser that reads the terms of an index; it finds no expressions."""


def read_foreign_keys_by(parser: MySQLTableDefinitionParser, pattern: Pattern[str]) -> None:
    """Let a parser of MySQL read foreign keys by another pattern; its own stops too early."""
    parser._re_fk_constraint = pattern


def parsed_table(dialect: Any, connection: Any, table: str, schema: Any, **options: Any) -> Any:
    """Give what MySQL's dialect has parsed of a table; its public methods give parts of that."""
    return dialect._parsed_state_or_create(connection, table, schema, **options)


def unquoted(preparer: Any, name: str) -> str:
    """Give a name without the doubled quotes that the parser leaves in it."""
    plain: str = preparer._unescape_identifier(name)
    return plain


# Tables that move between two collections: SQLAlchemy knows no such move.


def share_schemas(metadata: sa.MetaData, other: sa.MetaData) -> None:
    """Let a collection know the schemas of another's tables."""
    metadata._schemas.update(other._schemas)


def keys_by_name(metadata: sa.MetaData) -> Mapping[tuple[str, str | None], list[sa.ForeignKey]]:
    """Give the foreign keys that name what they point to, by table and column; changeable."""
    return metadata._fk_memos


def forget_sequences(metadata: sa.MetaData, sequences: Iterable[sa.Sequence]) -> None:
    """Take sequences out of a collection."""
    for sequence in sequences:
        metadata._sequences.pop(sequence._key, None)


def forget_objects(metadata: sa.MetaData, objects: Iterable[Any]) -> None:
    """Take types that are made on their own out of a collection."""
    getattr(metadata, "_objects", set()).difference_update(objects)  # 2.0: listeners alone


def take_objects(metadata: sa.MetaData, other: sa.MetaData) -> None:
    """Take over the types and sequences of another collection."""
    metadata._sequences |= other._sequences
    if IS_2_1:  # in 2.0 such types are known to listeners alone
        for each in other._objects:
            vars(each)["metadata"] = metadata
        metadata._objects |= other._objects


def take_table(metadata: sa.MetaData, table: sa.Table) -> None:
    """Put a table that is made already into a collection."""
    table.metadata = metadata
    metadata._add_table(table.name, table.schema, table)


class Tokens(NamedTuple):
    """The parts of what a foreign key names."""

    schema: str | None
    table_name: str
    column_name: str | None


def tokens_of(foreign_key: sa.ForeignKey) -> Tokens:
    """Give the parts of what a foreign key names."""
    return Tokens(*(foreign_key.target_tokens if IS_2_1 else foreign_key._column_tokens))


def table_key_of(foreign_key: sa.ForeignKey) -> str | None:
    """Give the key of the table that a foreign key names."""
    if IS_2_1:
        return foreign_key.target_table_key
    old: Any = foreign_key
    key: str | None = old._table_key()
    return key


def column_of(foreign_key: sa.ForeignKey) -> sa.Column[Any] | None:
    """Give the column that a foreign key was given as an object; None where it has its name."""
    found: sa.Column[Any] | None
    found = foreign_key.target_column if IS_2_1 else foreign_key._table_column
    return found


def goal_of(foreign_key: sa.ForeignKey) -> tuple[str, str | None]:
    """Give the key of the table and the column that a foreign key names, which may be missing."""
    _, key, column = foreign_key._resolve_col_tokens()
    return key, column


def await_goal(metadata: sa.MetaData, foreign_key: sa.ForeignKey) -> None:
    """Let a foreign key wait in a collection for the table that it names."""
    metadata._fk_memos[goal_of(foreign_key)].append(foreign_key)


def tie(foreign_key: sa.ForeignKey, table: sa.Table) -> None:
    """Let a foreign key that names a table find it; a column without a type gets that one's."""
    foreign_key._set_remote_table(table)


# Mappers that are about to be configured: in 2.0 an event of them all, in 2.1 also of one registry.

Hook = Callable[[registry], None]
_HOOKS: WeakKeyDictionary[registry, tuple[WeakMethod[Hook], WeakMethod[Hook]]] = WeakKeyDictionary()


def listen_to_configuration(mapped: registry, before: Hook, after: Hook) -> None:
    """Call methods before and after the mappers of a registry are configured."""
    if IS_2_1:
        event.listen(mapped, "before_configured", before)
        event.listen(mapped, "after_configured", after)
        return
    if not event.contains(Mapper, "before_configured", _before):
        event.listen(Mapper, "before_configured", _before)
        event.listen(Mapper, "after_configured", _after)
    _HOOKS[mapped] = WeakMethod(before), WeakMethod(after)


def _before() -> None:
    _call_hooks(0)


def _after() -> None:
    _call_hooks(1)


def _call_hooks(which: int) -> None:
    for mapped, hooks in list(_HOOKS.items()):
        hook = hooks[which]()
        if hook is not None:
            hook(mapped)

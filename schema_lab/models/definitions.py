"""A class statement, kept so that the class can be built again and again.

- **definition**: name, bases, namespace and keywords of one class statement.
- **mark**: the entry in a class that says by which name its set knows it.

Each build attaches copies of its own. A deep copy loses what a column does when it is attached: its
foreign keys, the CHECK of an enumeration. Columns and foreign keys therefore make their own copies,
as they do for a mixin; Alembic copies them through the same method.

A method that says `super()` or `__class__` shares one cell with the class statement, and the class
is written into it. Each build therefore gets methods with a cell of its own. In annotations, a
class of the set is kept by its name, never by itself.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, is_dataclass, replace
from functools import cached_property
from types import CellType, FunctionType, NoneType, UnionType
from typing import Annotated, Any, ForwardRef, Optional, Union, get_args, get_origin

from pydantic.fields import FieldInfo
from sqlalchemy import Column, ForeignKey, Table
from sqlalchemy.orm import Mapped, RelationshipProperty
from sqlalchemy.schema import SchemaItem
from sqlmodel import SQLModel
from sqlmodel.main import RelationshipInfo

from schema_lab.compat.sqlalchemy_private import copied
from schema_lab.compat.sqlmodel_private import FIELDS_IN_ANNOTATED, get_annotations

ANNOTATIONS = "__annotations__"
_SETTINGS = ("__table_args__", "__mapper_args__")
_SCHEMA = (FieldInfo, RelationshipInfo, RelationshipProperty, SchemaItem)


def schema_copies(namespace: Mapping[str, Any]) -> dict[str, Any]:
    """Copy the fields, relationships, columns, table settings and annotations of a class body."""
    schema = {key: value for key, value in namespace.items() if _is_schema(key, value)}
    copies = {id(item): copied(item) for item in attached(namespace)}
    return copy.deepcopy({**schema, ANNOTATIONS: namespace[ANNOTATIONS]}, copies)


def attached(namespace: Mapping[str, Any]) -> Iterator[Column[Any] | ForeignKey]:
    """Find the columns and foreign keys that a class body hands to SQLAlchemy itself."""
    for key, value in namespace.items():
        if _is_schema(key, value):
            yield from _items(value)
    for value in namespace[ANNOTATIONS].values():
        yield from _items(value)


def _is_schema(key: str, value: Any) -> bool:
    return key in _SETTINGS or isinstance(value, _SCHEMA)


def _items(value: Any) -> Iterator[Column[Any] | ForeignKey]:
    """Find the columns and foreign keys in a field, or in the fields inside Annotated."""
    if isinstance(value, (Column, ForeignKey)):
        yield value
    elif isinstance(value, (FieldInfo, *FIELDS_IN_ANNOTATED)):
        arguments = getattr(value, "sa_column_args", None)
        for each in arguments if isinstance(arguments, Sequence) else ():
            yield from _items(each)
        for each in (getattr(value, "sa_column", None), *getattr(value, "metadata", ())):
            yield from _items(each)
    elif get_origin(value) is Annotated:
        for each in value.__metadata__:
            yield from _items(each)


NameOf = Callable[[Any], str | None]


@dataclass(frozen=True)
class Target:
    """What a relationship points at: the name of a class, once or many times."""

    name: str
    many: bool = False
    optional: bool = False

    def annotation(self) -> Any:
        """Give the annotation as SQLModel reads it, with the class as a forward reference."""
        reference = ForwardRef(self.name.rpartition(".")[2])
        if self.many:
            return list[reference]  # type: ignore[valid-type]  # a type made at run time
        return Optional[reference] if self.optional else reference  # noqa: UP045  # as above


def relationship_target(annotation: Any, name_of: NameOf) -> Target | None:
    """Read what a relationship's annotation points at; None for a form that is not known.

    `name_of` gives the name of a class of the set, and None for anything else.
    """
    if isinstance(annotation, ForwardRef):
        annotation = annotation.__forward_arg__
    if isinstance(annotation, str):
        return _target_of_text(annotation)
    name = name_of(annotation)
    if name is not None:
        return Target(name)
    return _wrapped(_last_name(get_origin(annotation)), _inner(annotation, name_of))


def _inner(annotation: Any, name_of: NameOf) -> list[Target | None]:
    arguments = (each for each in get_args(annotation) if each is not NoneType)
    return [relationship_target(each, name_of) for each in arguments]


def _last_name(origin: Any) -> str:
    if origin in (Union, UnionType):
        return "Optional"
    return {list: "list", Mapped: "Mapped"}.get(origin, "")


def _wrapped(wrapper: str, targets: list[Target | None]) -> Target | None:
    if len(targets) != 1 or targets[0] is None:
        return None
    target = targets[0]
    if wrapper in ("list", "List"):
        return Target(target.name, many=True)
    if wrapper in ("Optional", "Union"):
        return Target(target.name, target.many, optional=True)
    return target if wrapper == "Mapped" else None


def _target_of_text(text: str) -> Target | None:
    try:
        return _target_of_node(ast.parse(text, mode="eval").body)
    except SyntaxError:
        return None


def _target_of_node(node: ast.expr) -> Target | None:
    match node:
        case ast.Name() | ast.Attribute():
            return Target(ast.unparse(node))
        case ast.Constant(value=str() as text):
            return _target_of_text(text)
        case ast.BinOp(op=ast.BitOr()):
            return _wrapped("Optional", _targets([node.left, node.right]))
        case ast.Subscript(slice=ast.Tuple(elts=parts)):
            return _wrapped(_wrapper(node), _targets(parts))
        case ast.Subscript():
            return _wrapped(_wrapper(node), _targets([node.slice]))
    return None


def _wrapper(node: ast.Subscript) -> str:
    return ast.unparse(node.value).rpartition(".")[2]


def _targets(nodes: list[ast.expr]) -> list[Target | None]:
    return [_target_of_node(node) for node in nodes if ast.unparse(node) != "None"]


def replaced(annotation: Any, replace: Callable[[Any], Any]) -> Any:
    """Give the annotation with `replace` called on each of its innermost parts."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if not arguments:
        return replace(annotation)
    if origin is Annotated:
        return Annotated[(replaced(arguments[0], replace), *arguments[1:])]
    parts = tuple(replaced(each, replace) for each in arguments)
    if all(new is old for new, old in zip(parts, arguments, strict=True)):
        return annotation
    if origin is UnionType:
        return Union[parts]  # noqa: UP007  # the parts are known at run time only
    return annotation.copy_with(parts) if hasattr(annotation, "copy_with") else origin[parts]


CELL = "__classcell__"


def with_own_cell(namespace: Mapping[str, Any]) -> dict[str, Any]:
    """Copy a class namespace so that its methods do not share the cell of another build."""
    old = namespace.get(CELL)
    if old is None:
        return dict(namespace)
    new = CellType()
    return {
        name: new if value is old else _moved(value, old, new) for name, value in namespace.items()
    }


def _moved(value: Any, old: CellType, new: CellType) -> Any:
    """Copy a function, and what wraps functions in a model, from one cell to another."""
    if isinstance(value, FunctionType):
        return _function(value, old, new)
    if isinstance(value, (classmethod, staticmethod)):
        return type(value)(_moved(value.__func__, old, new))
    if isinstance(value, property):
        fget, fset, fdel = (_moved(each, old, new) for each in (value.fget, value.fset, value.fdel))
        return type(value)(fget, fset, fdel, value.__doc__)
    if is_dataclass(value) and hasattr(value, "wrapped") and not isinstance(value, type):
        return replace(value, wrapped=_moved(value.wrapped, old, new))  # a pydantic validator
    return value


def _function(function: FunctionType, old: CellType, new: CellType) -> FunctionType:
    if function.__closure__ is None or old not in function.__closure__:
        return function
    closure = tuple(new if cell is old else cell for cell in function.__closure__)
    copy = FunctionType(
        function.__code__, function.__globals__, function.__name__, function.__defaults__, closure
    )
    copy.__kwdefaults__ = function.__kwdefaults__
    copy.__qualname__, copy.__doc__ = function.__qualname__, function.__doc__
    copy.__module__, copy.__annotations__ = function.__module__, dict(function.__annotations__)
    copy.__dict__.update(function.__dict__)
    return copy


MARK = "__schema_lab_name__"


def name_of(value: Any) -> str | None:
    """Give the name by which a set knows a class; None for what is no class of a set."""
    return vars(value).get(MARK) if isinstance(value, type) else None


@dataclass(frozen=True)
class ByName:
    """A base class that belongs to the set; no name means the set's own Model."""

    name: str = ""


@dataclass(frozen=True)
class Definition:
    """One class statement, with every class of its set given by name."""

    name: str
    bases: tuple[type[Any] | ByName, ...]
    namespace: Mapping[str, Any]
    keywords: Mapping[str, Any]

    @classmethod
    def of(
        cls,
        name: str,
        bases: tuple[type[Any] | ByName, ...],
        namespace: Mapping[str, Any],
        keywords: Mapping[str, Any],
    ) -> Definition:
        """Record a class statement."""
        kept = {key: _by_name(value) for key, value in namespace.items()}
        kept[ANNOTATIONS] = dict(_annotations_by_name(namespace))
        return cls(name, bases, kept, dict(keywords))

    @cached_property
    def relationships(self) -> dict[str, RelationshipInfo]:
        """The attributes that are relationships."""
        items = self.namespace.items()
        return {key: value for key, value in items if isinstance(value, RelationshipInfo)}

    @cached_property
    def targets(self) -> dict[str, tuple[str, ...]]:
        """The classes that each relationship needs, by name."""
        return {key: tuple(self._needs(key)) for key in self.relationships}

    def _needs(self, key: str) -> Iterator[str]:
        target = relationship_target(self.namespace[ANNOTATIONS].get(key), name_of)
        if target is not None:
            yield target.name.rpartition(".")[2]
        if isinstance(self.namespace[key].link_model, ByName):
            yield self.namespace[key].link_model.name

    @property
    def adds_to_others(self) -> bool:
        """Whether a relationship gives the other class an attribute that it does not have."""
        arguments = (each.sa_relationship_kwargs or {} for each in self.relationships.values())
        return any("backref" in each for each in arguments)

    @property
    def module(self) -> str:
        """The module of the class statement."""
        return str(self.namespace["__module__"])

    @property
    def is_derived_from_itself(self) -> bool:
        """Whether a class of this very name is among the bases."""
        return ByName(self.name) in self.bases

    def without(self, attributes: AbstractSet[str]) -> Definition:
        """Give the same definition without some of its relationships."""
        kept = {key: value for key, value in self.namespace.items() if key not in attributes}
        annotations = self.namespace[ANNOTATIONS].items()
        kept[ANNOTATIONS] = {key: value for key, value in annotations if key not in attributes}
        return replace(self, namespace=kept)

    def body(self, resolve: Callable[[str], type[SQLModel] | None]) -> dict[str, Any]:
        """Make the namespace for one build; nothing that SQLAlchemy attaches is shared.

        `resolve` gives the class of a name in the generation that is being built.
        """
        copies = schema_copies(self.namespace)
        for value in copies.values():
            if isinstance(value, RelationshipInfo) and isinstance(value.link_model, ByName):
                value.link_model = resolve(value.link_model.name)
        annotations = copies[ANNOTATIONS]
        for key in annotations.keys() - self.relationships.keys():
            annotations[key] = _resolved(annotations[key], resolve)
        return {**with_own_cell(self.namespace), **copies, MARK: self.name}


def _by_name(value: Any) -> Any:
    """Give a relationship with its link class, or secondary table, by name."""
    if not isinstance(value, RelationshipInfo):
        return value
    kept = copy.copy(value)
    link = name_of(value.link_model)
    kept.link_model = value.link_model if link is None else ByName(link)
    options = value.sa_relationship_kwargs
    if options is not None:
        kept.sa_relationship_kwargs = {
            key: option.key if isinstance(option, Table) else option
            for key, option in options.items()
        }
    return kept


def _annotations_by_name(namespace: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, annotation in get_annotations(dict(namespace)).items():
        if isinstance(namespace.get(key), RelationshipInfo):
            target = relationship_target(annotation, name_of)
            yield key, annotation if target is None else target.annotation()
        else:
            yield key, replaced(annotation, _reference)


def _reference(part: Any) -> Any:
    name = name_of(part)
    return part if name is None else ForwardRef(name)


def _resolved(annotation: Any, resolve: Callable[[str], type[SQLModel] | None]) -> Any:
    def known(part: Any) -> Any:
        found = resolve(part.__forward_arg__) if isinstance(part, ForwardRef) else None
        return part if found is None else found

    return replaced(annotation, known)

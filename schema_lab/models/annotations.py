"""Annotations that name models: a class of the set is kept by its name, never by itself."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Annotated, Any, ForwardRef, Optional, Union, get_args, get_origin

from sqlalchemy.orm import Mapped

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

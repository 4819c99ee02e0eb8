"""Methods of a class body that is built more than once.

A method that says `super()` or `__class__` shares one cell with the class statement, and the
class is written into it. Each build therefore gets methods with a cell of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import is_dataclass, replace
from types import CellType, FunctionType
from typing import Any

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

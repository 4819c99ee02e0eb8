"""A MetaData that comes from another process, with stand-ins for what only the project has.

Pickle carries tables, constraints and SQLAlchemy's types as they are. A class of the project would
be imported here, perhaps from an older state of its file; so its types, enums and functions come
as stand-ins with the same name, the same text in a script and the same DDL on each dialect.
"""

import enum
import io
import operator
import pickle
import sys
from collections.abc import Hashable, Iterable, Mapping
from contextlib import suppress
from functools import lru_cache
from types import FunctionType
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator, TypeEngine, UserDefinedType

from schema_lab.compat.sqlalchemy_private import TYPE_CACHES
from schema_lab.errors import ModelError
from schema_lab.history.own_files import own_file

Metadata = sa.MetaData | list[sa.MetaData]

RESTART = "Restart the kernel, so that this process imports the models anew."

DIALECTS = ("sqlite", "postgresql", "mysql", "mariadb")


def packed(metadata: Metadata | None) -> bytes:
    """Pickle a metadata, or a list of them; not for this process, since types may be changed.

    Raises
    ------
    ModelError
        Naming what cannot be carried to another process.
    """
    listed = metadata if isinstance(metadata, list) else [metadata]
    infos = [_info(each) for each in listed]
    file = io.BytesIO()
    try:
        _Packer(file, pickle.HIGHEST_PROTOCOL).dump((metadata, infos))
    except (pickle.PicklingError, TypeError, AttributeError, RecursionError) as error:
        raise ModelError(
            f"The models cannot be carried to another process: {error}.", RESTART
        ) from None
    return file.getvalue()


def _info(metadata: sa.MetaData | None) -> dict[Any, Any]:
    """Give what the project has noted in a metadata, without what the lab has."""
    noted = {} if metadata is None else metadata.info
    return {key: value for key, value in noted.items() if not str(key).startswith("schema_lab.")}


def unpacked(content: bytes) -> Metadata | None:
    """Give the metadata that `packed` has pickled, with tables that are made anew here."""
    metadata, infos = pickle.loads(content)  # noqa: S301 - it comes from our own process
    listed = metadata if isinstance(metadata, list) else [metadata]
    made = [_made(each, info) for each, info in zip(listed, infos, strict=True)]
    return made if isinstance(metadata, list) else made[0]


def _made(carried: sa.MetaData | None, info: dict[Any, Any]) -> Any:
    """Copy the tables: pickle leaves out what types listen for when a table is created."""
    if carried is None or any(map(callable, carried.naming_convention.values())):
        return carried  # a copy would ask the project's functions for names
    made = sa.MetaData(
        schema=carried.schema, naming_convention=carried.naming_convention, info=info
    )
    for table in carried.tables.values():
        table.to_metadata(made)
    return made


class _Packer(pickle.Pickler):
    """Pickles what SQLAlchemy has made, and stand-ins for what the project has."""

    def reducer_override(self, value: Any) -> Any:
        """Say how a value is made again; NotImplemented for pickle's own way."""
        if isinstance(value, sa.Enum) and value.values_callable is not None:
            value.values_callable = Values(value.enums)
        if isinstance(value, TypeEngine) and _is_the_projects(type(value)):
            return _carried_type(value)
        if isinstance(value, type) and issubclass(value, enum.Enum) and _is_the_projects(value):
            members = [(name, member.value) for name, member in value.__members__.items()]
            return stand_in_enum, (value.__module__, value.__qualname__, members)
        if isinstance(value, type | FunctionType) and _is_the_projects(value):
            return StandInFunction, (value.__module__ or "", value.__qualname__)
        return NotImplemented


def _is_the_projects(value: Any) -> bool:
    """Say whether a class or function cannot be found here, or may be an older one here."""
    module = sys.modules.get(value.__module__)
    return _found(value) is not value or own_file(module) is not None


def _found(value: Any) -> Any:
    """Give what a class or function's module has under its name; None where there is nothing."""
    try:
        return operator.attrgetter(value.__qualname__)(sys.modules.get(value.__module__))
    except AttributeError:
        return None


def _carried_type(value: TypeEngine[Any]) -> Any:
    """Give a type of the project by the type that it is on each dialect, or by its own base."""
    kind = type(value)
    name = kind.__module__, kind.__qualname__
    if any("compare_against_backend" in vars(base) for base in kind.__mro__ if base is not object):
        raise ModelError(f"{'.'.join(name)} compares itself with the database.", RESTART)
    if isinstance(value, TypeDecorator):
        decorated = {each.name: value.load_dialect_impl(each) for each in _dialects()}
        return stand_in_type, (*name, StandInType), _state(value, decorated, value.impl)
    base = next(base for base in kind.__mro__ if not _is_the_projects(base))
    plain = {key: part for key, part in vars(value).items() if key not in TYPE_CACHES}
    texts, alike = dict(_spelled(value)), stand_in_type(*name, base)
    vars(alike).update(plain)
    if base not in (UserDefinedType, TypeEngine) and texts == dict(_spelled(alike)):
        return stand_in_type, (*name, base), {**plain, "said": repr(value)}
    spelled = {dialect: Spelled(text) for dialect, text in texts.items()}
    return stand_in_type, (*name, StandInType), _state(value, spelled, Spelled(repr(value)))


def _state(value: Any, impls: Mapping[str, Any], impl: Any) -> dict[str, Any]:
    found = _found(type(value)) is type(value)
    return {"said": repr(value), "impls": impls, "impl": impl, "is_importable": found}


def _dialects() -> Iterable[sa.Dialect]:
    return (sa.make_url(f"{name}://").get_dialect()() for name in DIALECTS)


def _spelled(value: TypeEngine[Any]) -> Iterable[tuple[str, str]]:
    for dialect in _dialects():
        with suppress(sa.exc.CompileError):
            yield dialect.name, value.compile(dialect)


class Spelled(UserDefinedType[Any]):
    """A type that is only known by its text."""

    cache_ok = True

    def __init__(self, text: str) -> None:
        self.text = text

    def get_col_spec(self, **options: Any) -> str:
        """Give the text."""
        return self.text


class StandInType(TypeDecorator[Any]):
    """A type of the project, as another type on each dialect; a script may import its own."""

    impl = sa.types.NullType
    cache_ok = True
    impls: Mapping[str, TypeEngine[Any]]
    is_importable = False

    def load_dialect_impl(self, dialect: sa.Dialect) -> TypeEngine[Any]:
        """Give the type that the project's own gives for a dialect."""
        return self.impls.get(dialect.name, next(iter(self.impls.values())))


@lru_cache(maxsize=256)
def _stand_in_class(module: str, name: str, base: Hashable) -> Any:
    body = {
        "__module__": module,
        "__qualname__": name,
        "__repr__": lambda self: self.said,
        "copy": lambda self, **options: self,
        "cache_ok": True,
    }
    return type(name.rpartition(".")[2], (base,), body)  # type: ignore[arg-type]


def stand_in_type(module: str, name: str, base: Hashable) -> Any:
    """Make a type with the name of the project's; what it knows is set afterwards."""
    kind: Any = _stand_in_class(module, name, base)
    return kind.__new__(kind)


def stand_in_enum(module: str, name: str, members: list[tuple[str, Any]]) -> Any:
    """Make an enum with the name and the members of the project's."""
    return enum.Enum(name.rpartition(".")[2], members, module=module, qualname=name)


class Values:
    """What an enum's `values_callable` gave in the project."""

    def __init__(self, values: Iterable[str]) -> None:
        self.values = list(values)

    def __call__(self, kind: Any) -> list[str]:
        """Give the values, whatever the enum."""
        return self.values


class StandInFunction:
    """A function of the project, such as a column's default, which cannot run here."""

    def __init__(self, module: str, name: str) -> None:
        self.__module__, self.__qualname__ = module, name
        self.__name__ = name.rpartition(".")[2]

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        """Refuse.

        Raises
        ------
        ModelError
            Always.
        """
        raise ModelError(
            f"{self.__module__}.{self.__qualname__} runs in the project only.", RESTART
        )

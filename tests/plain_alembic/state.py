"""Plain Alembic and SQLAlchemy in a process before schema_lab, beside it, and after a lab was used.

Run as a program. Prints as JSON what each of them changed, and what plain Alembic compares.
"""

import json
import sys
import warnings
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import alembic.command
import alembic.config
import alembic.context
import alembic.op  # noqa: F401 - looked at
import sqlalchemy as sa
import sqlalchemy.ext.compiler
import sqlalchemy.orm
from alembic.autogenerate import (
    comparators,
    produce_migrations,
    render_python_code,
    renderers,
)
from alembic.ddl import impl
from alembic.operations import Operations
from alembic.runtime import plugins
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspection
from sqlalchemy.dialects import mysql, postgresql, sqlite  # noqa: F401 - looked at
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.pool import Pool

from scripts.alembic_suite import import_every_module, use_a_lab

LIBRARIES = ("alembic", "sqlalchemy")
OWN = "schema_lab"
HEARD = (
    *(sa.Table, sa.Column, sa.Index, sa.CheckConstraint, sa.ForeignKeyConstraint, sa.MetaData),
    *(sa.Engine, Pool, DefaultDialect, sa.orm.Mapper, sa.orm.Session),
)
State = dict[str, Any]


def _registries() -> Iterator[tuple[str, Any]]:
    """Give each entry of each registry, but the lab's own: nobody meets them."""
    operations: Any = Operations
    tables: dict[str, Any] = {
        "implementations": impl._impls,
        "renderers": renderers._registry,
        "operations": operations._to_impl._registry,
        "plugins": plugins._all_plugins,
        "inspectors": inspection._registrars,
    }
    for name, table in tables.items():
        for key, value in table.items():
            target = key[0] if isinstance(key, tuple) else key
            own = str(getattr(target, "__module__", "")), str(target)
            if not any(name.startswith(OWN) for name in own):
                yield f"{name}: {key}", value
    registered: Any = comparators
    for key, functions in registered._registry.items():
        yield f"comparators: {key}", tuple(function for function, _ in functions)


def _held(modules: dict[str, ModuleType]) -> Iterator[tuple[str, Any]]:
    """Give each function and class of the libraries' modules, and each function of the classes."""
    for name, module in modules.items():
        for key, value in list(vars(module).items()):
            if callable(value) and not key.startswith("__"):
                yield f"{name}.{key}", value
            if isinstance(value, type) and value.__module__ == name:
                for inner, part in list(vars(value).items()):
                    if callable(part) or isinstance(part, property | classmethod | staticmethod):
                        yield f"{name}.{key}.{inner}", part


def _listeners() -> Iterator[tuple[str, Any]]:
    """Give what listens to whole classes, in place of a single table, engine or session."""
    for target in HEARD:
        dispatch: Any = getattr(target, "dispatch")  # noqa: B009 - its type differs by target
        for name in dispatch._event_names:
            levels = getattr(dispatch, name)._clslevel
            yield f"{target.__name__} {name}", tuple(levels.get(target, ()))


def _state(modules: dict[str, ModuleType]) -> State:
    return {**dict(_registries()), **dict(_held(modules)), **dict(_listeners())}


def _changed(before: State, after: State) -> list[str]:
    """Name what is not the same; traversals are generated and kept as SQLAlchemy first goes."""
    keys = sorted(before.keys() | after.keys())
    return [
        key
        for key in keys
        if "._generated_" not in key and not _same(before.get(key), after.get(key))
    ]


def _same(first: Any, second: Any) -> bool:
    if isinstance(first, tuple) and isinstance(second, tuple):
        return len(first) == len(second) and all(map(_same, first, second))
    return first is second


def _compared() -> str:
    """Give the code with which plain Alembic would make a SQLite database equal the models."""
    metadata = sa.MetaData()
    low = sa.Index("ix_low", sa.text("lower(name)"))
    sa.Table("by_expression", metadata, sa.Column("name", sa.String(9)), low)
    sized = sa.Table(
        "sized", metadata, sa.Column("size", sa.Integer, server_default="1"), comment="A size"
    )
    sa.Index("ix_down", sized.c.size.desc())
    engine = sa.create_engine("sqlite://")
    options = {"compare_server_default": True}
    with engine.begin() as connection, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        connection.exec_driver_sql("CREATE TABLE by_expression (name VARCHAR(9))")
        connection.exec_driver_sql("CREATE TABLE sized (size INTEGER DEFAULT (1), UNIQUE (size))")
        connection.exec_driver_sql("CREATE INDEX ix_down ON sized (size DESC)")
        context = MigrationContext.configure(connection, opts=options)
        upgrade = produce_migrations(context, metadata).upgrade_ops
        assert upgrade is not None
        return str(render_python_code(upgrade))


def main() -> None:
    """Import every module, then use a lab; print what is different after each."""
    modules = {
        name: module
        for name, module in sys.modules.items()
        if name.split(".")[0] in LIBRARIES and module is not None
    }
    compared = [_compared()]
    before = _state(modules)
    import_every_module()
    imported = _state(modules)
    compared.append(_compared())
    use_a_lab("sqlite")
    used = _state(modules)
    compared.append(_compared())
    found = {
        "imported": _changed(before, imported),
        "used": _changed(before, used),
        "compared": compared,
        "looked_at": sorted(before),
    }
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()

"""Whether other code than the lab's and Alembic's takes part in a comparison.

What such code answers can change though neither the models nor the database has, so everything
is looked at each time.
"""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic.autogenerate.api import AutogenContext
from alembic.runtime.migration import MigrationContext

from schema_lab.autogenerate.own_names import own_names_only

_OURS = ("alembic.", "schema_lab.")


def foreign_code(context: MigrationContext) -> str:
    """Name what may depend on anything, such as "env.py's include_object"; "" for nothing."""
    return next(_found(context), "")


def _found(context: MigrationContext) -> Iterator[str]:
    options, connection = context.opts, context.connection
    known = {
        "include_object": (None,),
        "include_name": (own_names_only,),
        "include_schemas": (None, False),
        "compare_type": (None, False, True),
        "compare_server_default": (None, False, True),
    }
    yield from (
        f"env.py's {name}" for name, usual in known.items() if options.get(name) not in usual
    )
    implementation = type(context.impl)
    for one in (implementation, *_comparators(context), *_listeners()):
        module = getattr(one, "__module__", "?")
        if not f"{module}.".startswith(_OURS):
            yield f"{module}.{getattr(one, '__name__', one)}"
    if connection is not None and connection.get_execution_options().get("schema_translate_map"):
        yield "the connection's schema_translate_map"


def _comparators(context: MigrationContext) -> Iterator[Any]:
    """List the functions that compare: plug-ins add theirs."""
    registry: Any = AutogenContext(context).comparators
    for functions in registry._registry.values():
        yield from (function for function, _ in functions)


def _listeners() -> Iterator[Any]:
    """List what listens to every table that is reflected."""
    probe: Any = sa.Table("probe", sa.MetaData())
    yield from probe.dispatch.column_reflect

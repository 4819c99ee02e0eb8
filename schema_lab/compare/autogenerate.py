"""Alembic's autogenerate, of every table or of those that may have changed: the result is equal.

A comparison creates many objects that stay. Python's garbage collector would search them in vain,
so it is paused meanwhile.
"""

import gc
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import sqlalchemy as sa
from alembic.autogenerate.api import AutogenContext
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext

from schema_lab.compare.implementations import compare_with_ours
from schema_lab.compare.memory import FEW, Memory, Pointed
from schema_lab.compare.model_fingerprint import targets_of
from schema_lab.compare.scope import SCOPE, Scope, own_names_only, parts_of, schema_known
from schema_lab.history import heads_in
from schema_lab.schema import read_at_once


@contextmanager
def gc_paused() -> Iterator[None]:
    """Pause Python's garbage collector, if it is enabled.

    Examples
    --------
    >>> with gc_paused():
    ...     gc.isenabled()
    False
    """
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


class NarrowedMetadata(sa.MetaData):
    """Some or all tables of a metadata. They are the same objects and keep their references.

    SQLAlchemy's `sorted_tables` takes time quadratic in the length of a chain of foreign keys.
    """

    def __init__(self, whole: sa.MetaData, scope: Scope) -> None:
        super().__init__(
            schema=whole.schema, naming_convention=whole.naming_convention, info=whole.info
        )
        self._whole = whole
        chosen = scope.chosen(whole.tables)
        self._made = [key for key, table in chosen.items() if not scope.is_live(table)]
        self.tables = chosen  # type: ignore[assignment]  # read like SQLAlchemy's own

    @property
    def sorted_tables(self) -> list[sa.Table]:
        """The tables; those to create are in the order of the whole metadata."""
        if len(self._made) <= 1:
            return list(self.tables.values())
        return [table for table in self._whole.sorted_tables if table.key in self.tables]


def script_of(
    context: MigrationContext, memory: Memory | None = None, *, full: bool = False
) -> ops.MigrationScript:
    """Compare, and run the context's `process_revision_directives` on the result.

    Parameters
    ----------
    context
        Alembic's context. Its options name the models. From here on it compares as the lab does.
    memory
        The memory of earlier comparisons; changed. None reads as Alembic does.
    full
        Compare every table, whatever is known.
    """
    compare_with_ours(context)
    scope = Scope() if memory is None else memory.scope(context, full=full)
    context.opts[SCOPE] = scope
    pointed: Pointed | None = {} if memory is not None and not scope.reason else None
    with warnings.catch_warnings():
        # SQLAlchemy misreads a quoted name in SQLite's SQL, and says so; what it finds is right.
        warnings.filterwarnings("ignore", ".*SQL-parsed foreign key", sa.exc.SAWarning)
        # Tables in a circle have no order; the script adds their keys last.
        warnings.filterwarnings("ignore", "Cannot correctly sort tables", sa.exc.SAWarning)
        with gc_paused(), _only(context, scope, pointed), schema_known(context):
            script = _compared(context, scope, at_once=memory is not None)
    for container in script.upgrade_ops_list:
        scope.note(container.ops)
    hook = context.opts.get("process_revision_directives")
    if hook is not None:
        hook(context, heads_in(context), [script])
    if memory is not None and pointed is not None:
        memory.keep(scope, pointed)
    return script


def _compared(context: MigrationContext, scope: Scope, *, at_once: bool) -> ops.MigrationScript:
    """Compare like Alembic's `produce_migrations`, which reads table by table."""
    target: Any = context.opts["target_metadata"]
    upgrade, downgrade = ops.UpgradeOps([]), ops.DowngradeOps([])
    script = ops.MigrationScript(None, upgrade, downgrade)
    if scope.places is not None and not scope.places:
        return script
    if at_once and not scope.reason:
        target = [NarrowedMetadata(part, scope) for part in parts_of(target)]
    autogen = AutogenContext(context, metadata=target)
    if at_once and (scope.places is None or len(scope.places) > FEW):
        read_at_once(autogen.inspector, _listed(autogen))
    compare = autogen.comparators.dispatch("autogenerate", qualifier=context.dialect.name)
    compare(autogen, upgrade)
    upgrade.reverse_into(downgrade)
    return script


def _listed(autogen: AutogenContext) -> list[str]:
    """List the live tables that are compared; other tables may be unreadable."""
    names = autogen.inspector.get_table_names()
    return [
        name for name in names if autogen.run_name_filters(name, "table", {"schema_name": None})
    ]


@contextmanager
def _only(context: MigrationContext, scope: Scope, pointed: Pointed | None) -> Iterator[None]:
    """Show Alembic only the live tables in scope, and note the tables that they refer to."""
    options: dict[str, Any] = context.opts
    ours: dict[str, Any] = {}
    if scope.places is not None:
        ours["include_name"] = partial(_shown, scope)
    if pointed is not None:
        ours["include_object"] = partial(_noted, scope, pointed)
    before = {key: options.get(key) for key in ours}
    options.update(ours)
    try:
        yield
    finally:
        options.update(before)


def _shown(scope: Scope, name: str | None, kind: str, parents: Any) -> bool:
    if kind == "table" and (parents.get("schema_name"), name) not in (scope.places or ()):
        return False
    return own_names_only(name, kind, parents)


def _noted(
    scope: Scope, pointed: Pointed, item: Any, name: Any, kind: str, reflected: bool, live: Any
) -> bool:
    if kind == "table" and live is not None:
        pointed[scope.place(item.schema, item.name)] = targets_of(live)
    return True

"""Alembic's comparison, of everything or of what may have changed: the answer is the same."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import sqlalchemy as sa
from alembic.autogenerate.api import AutogenContext
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext

from schema_lab.autogenerate.memory import FEW, Memory, Pointed
from schema_lab.autogenerate.model_fingerprint import goals_of
from schema_lab.autogenerate.own_names import own_names_only
from schema_lab.autogenerate.scope import SCOPE, Scope, parts_of, schema_known
from schema_lab.autogenerate.undisturbed import undisturbed
from schema_lab.database import read_at_once
from schema_lab.history import heads_in


class Narrowed(sa.MetaData):
    """Tables of a metadata, some or all, the same objects; what they point to stays in place.

    SQLAlchemy's `sorted_tables` takes the square of a chain's length.
    """

    def __init__(self, whole: sa.MetaData, scope: Scope) -> None:
        super().__init__(
            schema=whole.schema, naming_convention=whole.naming_convention, info=whole.info
        )
        self._whole = whole
        chosen = scope.chosen(whole.tables)
        self._made = [key for key, one in chosen.items() if not scope.is_live(one)]
        self.tables = chosen  # type: ignore[assignment]  # read like SQLAlchemy's own

    @property
    def sorted_tables(self) -> list[sa.Table]:
        """The tables, those to be made in the order that they have among all."""
        if len(self._made) <= 1:
            return list(self.tables.values())
        return [one for one in self._whole.sorted_tables if one.key in self.tables]


def script_of(
    context: MigrationContext, memory: Memory | None = None, *, full: bool = False
) -> ops.MigrationScript:
    """Compare, and run the context's `process_revision_directives` over what was found.

    Parameters
    ----------
    context
        Its options say what should be.
    memory
        What is known from before; changed. None remembers nothing, and reads as Alembic does.
    full
        Look at everything, whatever is known.
    """
    scope = Scope() if memory is None else memory.scope(context, full=full)
    context.opts[SCOPE] = scope
    pointed: Pointed | None = {} if memory is not None and not scope.reason else None
    with warnings.catch_warnings():
        # SQLAlchemy misreads a quoted name in SQLite's SQL, and says so; what it finds is right.
        warnings.filterwarnings("ignore", ".*SQL-parsed foreign key", sa.exc.SAWarning)
        with undisturbed(), _only(context, scope, pointed), schema_known(context):
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
    """Do as Alembic's `produce_migrations`, which reads table by table."""
    target: Any = context.opts["target_metadata"]
    upgrade, downgrade = ops.UpgradeOps([]), ops.DowngradeOps([])
    script = ops.MigrationScript(None, upgrade, downgrade)
    if scope.places is not None and not scope.places:
        return script
    if at_once and not scope.reason:
        target = [Narrowed(one, scope) for one in parts_of(target)]
    autogen = AutogenContext(context, metadata=target)
    if at_once and (scope.places is None or len(scope.places) > FEW):
        read_at_once(autogen.inspector, _listed(autogen))
    compare = autogen.comparators.dispatch("autogenerate", qualifier=context.dialect.name)
    compare(autogen, upgrade)
    upgrade.reverse_into(downgrade)
    return script


def _listed(autogen: AutogenContext) -> list[str]:
    """Name the live tables that are compared: another's may be one that nobody can read."""
    names = autogen.inspector.get_table_names()
    return [one for one in names if autogen.run_name_filters(one, "table", {"schema_name": None})]


@contextmanager
def _only(context: MigrationContext, scope: Scope, pointed: Pointed | None) -> Iterator[None]:
    """Let Alembic see no live table beside the scope; and note where those seen point to."""
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
        pointed[scope.place(item.schema, item.name)] = goals_of(live)
    return True

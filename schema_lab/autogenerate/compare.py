"""Compare the models with the database, through the project's own env.py. Read-only."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from alembic.autogenerate.api import AutogenContext
from alembic.autogenerate.render import _render_python_into_templatevars
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext

from schema_lab.autogenerate.data_checks import obstacles_to
from schema_lab.autogenerate.drift import Drift, LookedAt
from schema_lab.autogenerate.looking import script_of
from schema_lab.autogenerate.memory import Memory
from schema_lab.autogenerate.names import problems_of_names
from schema_lab.autogenerate.noise import IGNORING, Ignoring, Noise, Noises, noise_in
from schema_lab.autogenerate.noise.difference import Difference
from schema_lab.autogenerate.obstacle import Obstacle
from schema_lab.autogenerate.operations import Operation, operations_of
from schema_lab.autogenerate.options import completed
from schema_lab.autogenerate.questions import ASKING, Asking, Question
from schema_lab.autogenerate.scope import Reflected, Scope, schema_known, scope_in
from schema_lab.history import Environment, Options, heads_in, ignored_in, look

Metadata = sa.MetaData | list[sa.MetaData]


@dataclass(frozen=True)
class Comparison:
    """What autogenerate found: Alembic's script, said as operations and rendered as code."""

    script: ops.MigrationScript
    operations: tuple[Operation, ...]
    template_arguments: Mapping[str, Any]
    tables: Mapping[tuple[str, str | None], sa.Table]
    render_item: Any
    heads: tuple[str, ...]
    bad_names: tuple[str, ...]
    obstacles: tuple[Obstacle, ...]
    questions: tuple[Question, ...]
    change: str
    dialect: sa.Dialect
    differences: tuple[Difference, ...]
    ignored: tuple[Difference, ...]
    scope: Scope

    @property
    def upgrade(self) -> list[ops.MigrateOperation]:
        """Alembic's operations of the upgrade."""
        return self.script.upgrade_ops.ops if self.script.upgrade_ops else []


def compare(
    environment: Environment,
    metadata: Metadata | None,
    asking: Asking | None = None,
    memory: Memory | None = None,
    first: Callable[[MigrationContext], None] | None = None,
    *,
    full: bool = False,
) -> Comparison:
    """Compare a metadata with the live database.

    Parameters
    ----------
    environment
        The project and its database.
    metadata
        What should be; None leaves what env.py names.
    asking
        For a candidate: the answers that are known. Then questions are asked, and the rows too,
        with a query for each demand on them.
    memory
        What was found equal before, which is not looked at again; it is kept up to date.
    first
        Called before, on the same connection; an error of it ends the comparison.
    full
        Look at everything all the same.

    Raises
    ------
    SchemaLabError
        When the database cannot be read or env.py fails.
    """
    ignoring = Ignoring(ignored_in(environment.project.ini))

    def read(context: MigrationContext) -> Comparison:
        if first is not None:
            first(context)
        return _read(context, asking, ignoring, memory, full=full)

    return look(environment, read, env_options(metadata, asking, ignoring))


def env_options(
    metadata: Metadata | None, asking: Asking | None = None, ignoring: Ignoring | None = None
) -> Callable[[Options], Options]:
    """Give the function that completes env.py's own options, with `metadata` as the target."""

    def complete(given: Options) -> Options:
        connection = given.get("connection")
        dialect = connection.dialect.name if connection is not None else ""
        target = {} if metadata is None else {"target_metadata": metadata}
        return {**completed(dict(given), dialect), **target, ASKING: asking, IGNORING: ignoring}

    return complete


def drift_of(comparison: Comparison, notes: tuple[str, ...] = ()) -> Drift:
    """Take the drift from a comparison; its noise is not looked for."""
    return Drift(comparison.operations, notes, looked_at=_looked_at(comparison.scope))


def explained_drift(
    environment: Environment,
    metadata: Metadata | None,
    notes: tuple[str, ...] = (),
    memory: Memory | None = None,
    *,
    full: bool = False,
) -> Drift:
    """Compare, and explain what stays after its own migration and what is ignored. Read-only."""
    found = compare(environment, metadata, memory=memory, full=full)
    noise = noise_in(environment, found.dialect, found.heads, found.differences)
    ignored = [Noise.ignored_one(one, found.dialect.name) for one in found.ignored]
    left = Noises(tuple(ignored))
    return Drift(found.operations, notes, noise, left, _looked_at(found.scope))


def _looked_at(scope: Scope) -> LookedAt:
    return LookedAt(scope.looked_at, len(scope.everywhere), scope.reason)


def _read(
    context: MigrationContext,
    asking: Asking | None,
    ignoring: Ignoring | None = None,
    memory: Memory | None = None,
    *,
    full: bool = False,
) -> Comparison:
    connection = context.connection
    assert connection is not None
    script = script_of(context, memory, full=full)
    upgrade = script.upgrade_ops.ops if script.upgrade_ops else []
    with schema_known(context):
        tables = _batch_tables(connection, script, scope_in(context).reflected) if asking else {}
    return Comparison(
        script=script,
        operations=operations_of(upgrade, connection.dialect),
        template_arguments=_rendered(context, script),
        tables=tables,
        render_item=context.opts.get("render_item"),
        heads=heads_in(context),
        bad_names=problems_of_names(upgrade, connection.dialect),
        obstacles=obstacles_to(upgrade, connection) if asking else (),
        questions=tuple(asking.asked) if asking else (),
        change=asking.change if asking else "",
        dialect=connection.dialect,
        differences=tuple(ignoring.kept) if ignoring else (),
        ignored=tuple(ignoring.left) if ignoring else (),
        scope=scope_in(context),
    )


def _rendered(context: MigrationContext, script: ops.MigrationScript) -> dict[str, Any]:
    """Render as `alembic revision --autogenerate` does, so that both write the same script."""
    arguments: dict[str, Any] = {}
    autogen = AutogenContext(context, autogenerate=True)
    autogen.imports = set(script.imports)
    _render_python_into_templatevars(autogen, script, arguments)
    return arguments


def _batch_tables(
    connection: sa.Connection, script: ops.MigrationScript, reflected: Reflected
) -> Reflected:
    """Reflect the live tables that change, so that batch SQL can be shown without a server.

    Those that were `reflected` before are taken, and others noted there; nobody changes one.
    """
    tables: Reflected = {}
    there = sa.inspect(connection)
    for container in (script.upgrade_ops, script.downgrade_ops):
        for one in container.ops if container else ():
            if not isinstance(one, ops.ModifyTableOps):
                continue
            where = one.table_name, one.schema
            if where not in reflected and there.has_table(one.table_name, schema=one.schema):
                reflected[where] = _reflected(connection, *where)
            if where in reflected:
                tables[where] = reflected[where]
    return tables


def _reflected(connection: sa.Connection, name: str, schema: str | None) -> sa.Table:
    return sa.Table(name, sa.MetaData(), schema=schema, autoload_with=connection, resolve_fks=False)
